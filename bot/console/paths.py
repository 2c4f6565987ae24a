"""What may stand in an address; importing this teaches it to the router."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor

from contacts.outbox import AcknowledgementKind

ACKNOWLEDGEMENTS = {
    "gelezen": AcknowledgementKind.READ,
    "begrepen": AcknowledgementKind.UNDERSTOOD,
}


class _TokenConvertor(Convertor[str]):
    """What can be a token at all; anything else is no page of ours."""

    regex = "[A-Za-z0-9_-]{16,64}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _AnswerConvertor(_TokenConvertor):
    regex = "|".join(ACKNOWLEDGEMENTS)


register_url_convertor("token", _TokenConvertor())
register_url_convertor("answer", _AnswerConvertor())
