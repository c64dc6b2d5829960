"""Responses, feature maps, occlusion, ablation and streamed scans."""
