"""Google's video models: Gemini Omni by interactions, Veo by long-running predictions, Veo on Vertex."""
