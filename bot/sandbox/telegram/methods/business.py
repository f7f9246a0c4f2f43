"""What the bot may ask of the business accounts that it is connected to."""

from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.methods.call import MethodCall


async def get_business_connection(call: MethodCall) -> JsonDict:
    """Whose it is and what it allows, also while it is off."""
    connection = call.exchange.business.named(call.params["business_connection_id"])
    if connection is None:
        raise bad("BUSINESS_CONNECTION_INVALID")
    return connection.api(call.exchange.world.users[connection.owner_id])


BUSINESS = {"getBusinessConnection": get_business_connection}
