// A stand-in for Worker on pages opened by double click, where browsers allow none: the search runs
// in a hidden frame instead. The theme's own stand-in writes a script into the frame, which the
// site's policy forbids; this one reaches into it.
if (location.protocol === "file:") {
  const load = (inner, address) =>
    new Promise((done, failed) => {
      const script = inner.document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = failed;
      inner.document.body.append(script);
    });

  window.Worker = window.IFrameWorker = class extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inner = this.frame.contentWindow;
      inner.document.open();
      inner.document.write("<!doctype html><body></body>");
      inner.document.close();
      inner.postMessage = (data) => {
        const event = new MessageEvent("message", { data: structuredClone(data) });
        this.dispatchEvent(event);
        this.onmessage?.(event);
      };
      inner.importScripts = (...addresses) =>
        addresses.reduce(
          (before, each) => before.then(() => load(inner, each)),
          Promise.resolve(),
        );
      this.ready = load(inner, new URL(address, location.href).href);
    }

    postMessage(data) {
      this.ready.then(() => {
        const event = new MessageEvent("message", { data: structuredClone(data) });
        this.frame.contentWindow.dispatchEvent(event);
      });
    }

    terminate() {
      this.frame.remove();
    }
  };
}
