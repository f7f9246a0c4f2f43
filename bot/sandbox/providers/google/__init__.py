"""Google's three video wires, embedded: Omni's interactions, Veo on the Gemini API, Veo on Vertex with its OAuth."""

from bot.sandbox.providers.google.knobs import GoogleKnobs
from bot.sandbox.providers.google.oauth import service_account
from bot.sandbox.providers.google.server import GoogleServer
from bot.sandbox.providers.works import State

__all__ = ["GoogleKnobs", "GoogleServer", "State", "service_account"]
