-- Who sent a raw update, by Telegram's id, so that what somebody wants forgotten is found without reading the rest.

ALTER TABLE inbox ADD COLUMN sender_id INTEGER;
UPDATE inbox SET sender_id = coalesce(
  json_extract(payload, '$.message.from.id'),
  json_extract(payload, '$.edited_message.from.id'),
  json_extract(payload, '$.callback_query.from.id'),
  json_extract(payload, '$.inline_query.from.id'),
  json_extract(payload, '$.pre_checkout_query.from.id'),
  json_extract(payload, '$.my_chat_member.from.id'),
  json_extract(payload, '$.chat_member.from.id')
) WHERE json_valid(payload);
CREATE INDEX inbox_sender ON inbox (sender_id, state) WHERE sender_id IS NOT NULL;
