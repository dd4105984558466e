"""The ASGI app: routes, who may ask, limits, and errors that a client can read."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from labelfeed.labels.errors import CellError
from labelfeed.predictors.responses import PredictorError
from labelfeed.serving.batching import Batcher
from labelfeed.serving.body import RequestError
from labelfeed.serving.described import described, openapi
from labelfeed.serving.page import HEADERS, PAGE_FILES, page_file
from labelfeed.serving.service import Service, Task, in_json

__all__ = ["ServingError", "make_app"]

_LOG = logging.getLogger("labelfeed.serving")
_LARGE = 1 << 16  # bytes: what is larger is read beside the loop, so that others go on
_READ_OFF = 4  # bodies: so much is read and dropped, for who is cut off does not hear why
_PORT = re.compile(r":\d*$")
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


class ServingError(ValueError):
    """A server that cannot start; says how to mend it."""


def make_app(
    service: Service, token: str | None = None, most_bytes: int = 16 << 20, timeout: float = 30.0
) -> Any:
    """Return the starlette app of a service.

    Args:
        service: What answers.
        token: What whoever asks must know, as `Authorization: Bearer TOKEN`. `None`: nothing, and
            only requests to a loopback name are answered, so that no page of another site that
            points its name here can ask.
        most_bytes: Size of a body.
        timeout: Seconds that a body may take to come, and an answer to be made.

    Raises:
        ServingError: starlette is not installed; names the extra.
    """
    try:
        from starlette.applications import Starlette
        from starlette.exceptions import HTTPException
        from starlette.requests import ClientDisconnect, Request
        from starlette.responses import Response
        from starlette.routing import Route
    except ImportError as error:
        raise ServingError(
            "A server needs starlette and uvicorn: pip install 'labelfeed[serve]'."
        ) from error
    batcher: Batcher[Task, bytes] = Batcher(service.work)

    def answer(body: bytes, status: int = 200, kind: str = "application/json") -> Any:
        return Response(body, status, dict(HEADERS), kind)

    def refused(message: str, status: int, **more: Any) -> Any:
        response = answer(in_json({"error": {"message": message, **more}}), status)
        if status == 401:
            response.headers["www-authenticate"] = "Bearer"
        elif status == 503:
            response.headers["retry-after"] = "1"
        elif status in (408, 413):  # what comes of the body is not read
            response.headers["connection"] = "close"
        return response

    def check_who(request: Request) -> None:
        if token is None:
            if _PORT.sub("", request.headers.get("host", "").lower()) not in _LOCAL:
                raise RequestError("This server answers to localhost alone.", 403)
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), token.encode())
        if scheme.lower() != "bearer" or not same:
            raise RequestError("Send the token that the server printed: Bearer TOKEN.", 401)

    async def body_of(request: Request) -> bytes:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise RequestError("Send JSON, with Content-Type: application/json.", 415)
        length = request.headers.get("content-length", "")
        found, size = [], int(length) if length.isdecimal() else 0
        if size > _READ_OFF * most_bytes:
            raise RequestError(_too_large(most_bytes), 413)
        size = 0
        try:
            async with asyncio.timeout(timeout):
                async for part in request.stream():
                    size += len(part)
                    if size <= most_bytes:
                        found.append(part)
                    elif size > _READ_OFF * most_bytes:
                        break
        except TimeoutError:
            raise RequestError(f"The body did not come within {timeout:g} s.", 408) from None
        if size > most_bytes:
            raise RequestError(_too_large(most_bytes), 413)
        return b"".join(found)

    async def worked(request: Request, read: Callable[[bytes], Task]) -> Any:
        body = await body_of(request)
        task = await asyncio.to_thread(read, body) if len(body) > _LARGE else read(body)
        try:
            return answer(await batcher.result(task, task.rows.count, timeout))
        except TimeoutError:
            raise RequestError(f"No answer within {timeout:g} s: send fewer rows.", 504) from None

    def guarded(
        handle: Callable[[Request], Awaitable[Any]], free: bool = False
    ) -> Callable[[Request], Awaitable[Any]]:
        async def handled(request: Request) -> Any:
            try:
                if not free:
                    check_who(request)
                return await handle(request)
            except RequestError as error:
                return refused(str(error), error.status)
            except CellError as error:
                where = {"row": error.row, "column": error.column}
                return refused(str(error), 422, **{k: v for k, v in where.items() if v is not None})
            except PredictorError as error:
                return refused(str(error), 422)
            except ClientDisconnect:
                return answer(b"", 400)
            except Exception:
                number = secrets.token_hex(4)
                _LOG.exception("error %s at %s", number, request.url.path)
                what = "The server failed; the id stands in its log."
                return refused(what, 500, id=number)

        return handled

    async def predict(request: Request) -> Any:
        return await worked(request, service.read_predict)

    async def ask(request: Request) -> Any:
        return await worked(request, service.read_ask)

    async def model(request: Request) -> Any:
        return answer(in_json(described(service)))

    async def api(request: Request) -> Any:
        return answer(in_json(openapi(service, token is not None)))

    async def health(request: Request) -> Any:
        return answer(in_json({"status": "ok"}))

    def shown(name: str, kind: str) -> Callable[[Request], Awaitable[Any]]:
        content = page_file(name)

        async def page(request: Request) -> Any:
            return answer(content, kind=kind)

        return page

    async def other(request: Request, error: Exception) -> Any:
        status = getattr(error, "status_code", 500)
        response = refused(str(getattr(error, "detail", "The server failed.")), status)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    @contextlib.asynccontextmanager
    async def life(app: object) -> AsyncIterator[None]:
        batcher.start()
        yield
        await batcher.close()

    routes = [
        Route("/predict", guarded(predict), methods=["POST"]),
        Route("/ask", guarded(ask), methods=["POST"]),
        Route("/model", guarded(model)),
        Route("/openapi.json", guarded(api)),
        Route("/health", guarded(health, free=True)),
        *(
            Route(path, guarded(shown(name, kind), free=True))
            for path, (name, kind) in PAGE_FILES.items()
        ),
    ]
    return Starlette(routes=routes, lifespan=life, exception_handlers={HTTPException: other})


def _too_large(most: int) -> str:
    return f"The body is larger than {most} bytes: send fewer rows, or smaller pictures."
