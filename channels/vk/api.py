"""Requests to VK through vk_api: redirected, with timeouts, without pacing or endless repeats."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from ssl import SSLCertVerificationError
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    SSLError,
)
from vk_api.exceptions import ApiError, ApiHttpError
from vk_api.vk_api import VkApi

from broadcaster.contract import Attachment, Envelope, Proof, Scope, Secret, Turnstile
from channels.vk.errors import (
    FAILURES,
    PAUSE,
    TOO_MANY_A_SECOND,
    UPLOAD_ERROR,
    Broken,
    Lost,
    Refused,
    Unsent,
    VkError,
)

VERSION = "5.199"
"""The library's own default, 5.92, knows no per-person errors in the answer to `peer_ids`."""

HOST = "https://api.vk.ru"
"""Written into vk_api, which takes no other."""

GATEWAY_TIMEOUT = 504

LARGEST_ANSWER = 4_000_000
"""Bytes; more than that VK has never to say to us."""
PIECE = 65_536

UNSENT = (ConnectTimeoutError, NewConnectionError, ProxyError, SSLCertVerificationError)
"""Why no connection came about."""

NO_HANDSHAKE = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "UNSUPPORTED_PROTOCOL",
        "UNKNOWN_PROTOCOL",
        "HTTP_REQUEST",
        "PACKET_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
    }
)
"""What OpenSSL calls a server that speaks no TLS, or none of ours: nothing has been said to it."""

log = logging.getLogger(__name__)
T = TypeVar("T")
Values = Mapping[str, str | int]


class Account:
    """One token and its few connections; every request first asks the turnstile.

    Several VkApi objects, because each holds a lock for as long as its request takes. `pace` is the
    least number of seconds between two requests of one connection. `group_id` is the community's.
    """

    def __init__(
        self,
        token: Secret,
        turnstile: Turnstile,
        *,
        group_id: int,
        base_url: str,
        timeout: float,
        connections: int,
        pace: float = 0.0,
    ) -> None:
        self._token = token
        self._turnstile = turnstile
        self._group_id = group_id
        self._proof = Proof(turnstile.hold, lost=Lost, failed=Broken, unsent=Unsent)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="vk")
        self._idle: asyncio.LifoQueue[VkApi] = asyncio.LifoQueue()
        for _ in range(connections):
            self._idle.put_nowait(_open(token, base_url=base_url, timeout=timeout, pace=pace))

    async def close(self) -> None:
        """End the connections, after the requests under way."""
        await asyncio.to_thread(self._threads.shutdown)
        while not self._idle.empty():
            self._idle.get_nowait().http.close()

    async def call(
        self, method: str, values: Values, leaving: Sequence[Envelope] = ()
    ) -> dict[str, Any]:
        """The whole answer, which has a `response`; raises VkError, or Held by the turnstile.

        `leaving` are the copies the request carries.
        """
        async with self._connection() as api:
            ask = partial(self._ask_whether_it_works, api)
            try:
                async with self._proof.trying(ask), self._turnstile.passing(leaving):
                    return await self._in_thread(partial(_ask, api, method, values))
            except Refused as refused:
                self._heed(refused, method)
                raise

    async def name(self) -> str:
        """The community's name; raises as `call` does."""
        async with self._connection() as api:
            answer = await self._community(api)
        try:
            return str(answer["response"]["groups"][0]["name"])
        except (KeyError, IndexError, TypeError):
            raise Lost("an answer that nobody understands") from None

    async def upload(self, url: str, field: str, attachment: Attachment) -> dict[str, Any]:
        """What the upload server answered, not yet saved; raises as `call` does."""
        async with self._connection() as api, self._turnstile.passing(()):
            return await self._in_thread(partial(_post_file, api, url, field, attachment))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[VkApi]:
        api = await self._idle.get()
        try:
            yield api
        finally:
            self._idle.put_nowait(api)

    async def _community(self, api: VkApi) -> dict[str, Any]:
        async with self._turnstile.passing(()):
            values = {"group_id": self._group_id}
            return await self._in_thread(partial(_ask, api, "groups.getById", values))

    async def _ask_whether_it_works(self, api: VkApi) -> None:
        """Return when VK is at work; raises Unsent, Refused for too many requests, or Held.

        Any other refusal is left to be met by what comes next: that VK works it proves too.
        """
        try:
            await self._community(api)
        except (Lost, Broken) as failure:
            raise Unsent(failure.detail) from None
        except Refused as refused:
            if refused.code in FAILURES:
                raise Unsent(refused.detail) from None
            if refused.code == TOO_MANY_A_SECOND:
                raise

    async def _in_thread(self, ask: Callable[[], T | VkError]) -> T:
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        if isinstance(answer, VkError):
            raise answer
        return answer

    def _heed(self, refused: Refused, method: str) -> None:
        if refused.code == TOO_MANY_A_SECOND:
            self._turnstile.hold(PAUSE)
        log.warning("vk.refused", extra={"method": method, "code": refused.code})


def _open(token: Secret, *, base_url: str, timeout: float, pace: float) -> VkApi:
    session = requests.Session()
    session.max_redirects = 0  # a redirected form would carry the token to another host
    session.mount("https://", _Redirect(base_url, timeout))
    session.mount("http://", _Redirect(base_url, timeout))
    api = VkApi(  # type: ignore[no-untyped-call]
        token=token.reveal(),
        api_version=VERSION,
        session=session,
        config_filename=os.devnull,  # with a token it would read, though never write, a file here
    )
    api.error_handlers.clear()  # the one for error 6 repeats without end
    api.RPS_DELAY = pace
    return api


class _Redirect(HTTPAdapter):
    """Gives every request a timeout, and those to the written-in host our address.

    The timeout counts for connecting, for the answer's beginning and for all of the answer: the
    library's own begins anew with every byte, so that an answer without an end would be awaited for
    ever.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        super().__init__()
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        url = request.url or ""
        if url.startswith(f"{HOST}/") and self._base_url != HOST:
            request.url = self._base_url + url.removeprefix(HOST)
            kwargs["proxies"] = get_environ_proxies(request.url)
        response = super().send(request, *args, **kwargs | {"timeout": self._timeout})
        response.raw = io.BytesIO(_whole(response, time.monotonic() + self._timeout))
        return response


def _whole(response: requests.Response, deadline: float) -> bytes:
    """The body; raises RequestException when it is too large, comes too slowly or breaks off."""
    body = bytearray()
    try:
        while piece := response.raw.read1(PIECE, decode_content=True):
            body += piece
            if len(body) > LARGEST_ANSWER or time.monotonic() > deadline:
                raise requests.exceptions.ContentDecodingError("an answer without an end")
    except HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(type(error).__name__) from error
    finally:
        response.raw.close()
    return bytes(body)


def _ask(api: VkApi, method: str, values: Values) -> dict[str, Any] | VkError:
    """The answer, or the error as a value: raised here it would hold vk_api's, with the token."""
    try:
        answer = api.method(method, dict(values), raw=True)  # type: ignore[no-untyped-call]
    except ApiError as error:
        return Refused(error.code, _words(error, api.token["access_token"]))
    except ApiHttpError as error:
        return _broken(error.response.status_code)
    except requests.RequestException as error:
        return _network(error)
    except (KeyError, TypeError):
        return Lost("an unknown kind of error")
    return answer if isinstance(answer, dict) and "response" in answer else Lost("no response")


def _words(error: ApiError, token: str) -> str:
    words = str(error.error.get("error_msg", ""))
    return words.replace(token, "***") if token else words


def _post_file(
    api: VkApi, url: str, field: str, attachment: Attachment
) -> dict[str, Any] | VkError:
    try:
        file = attachment.path.open("rb")
    except OSError as error:
        return Refused(UPLOAD_ERROR, f"the file cannot be read here: {error.strerror}")
    with file:
        part = (attachment.name, file, attachment.media_type)
        try:
            answer = api.http.post(url, files={field: part})
            said = answer.json() if answer.ok else None
        except requests.RequestException as error:
            return _network(error, Scope.COPY)
    if said is None:
        return _broken(answer.status_code)
    if not isinstance(said, dict) or said.get("error"):
        return Refused(UPLOAD_ERROR, f"the upload server refused the file as {field}")
    return said


def _broken(status: int) -> VkError:
    detail = f"HTTP {status}"
    return Lost(detail) if status == GATEWAY_TIMEOUT else Broken(detail)


def _network(error: requests.RequestException, reach: Scope = Scope.CHANNEL) -> VkError:
    """Nothing has left when no connection came about; otherwise nobody knows."""
    name = type(error).__name__
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(reason, SSLError):  # a connection cut short later is an SSLError as well
        reason = reason.args[0] if reason.args else None
    never = isinstance(reason, UNSENT) or getattr(reason, "reason", "") in NO_HANDSHAKE
    return Unsent(name, reach) if never else Lost(name)
