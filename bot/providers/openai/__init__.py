"""The `/v1/videos` format: Sora 2 as OpenAI had it, resellers, LiteLLM, and self-hosted SGLang and vLLM-Omni."""
