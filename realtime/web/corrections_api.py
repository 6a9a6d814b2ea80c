"""The routes that keep corrections and take them back."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from realtime.sinks.own_digits import OwnDigitsError
from realtime.web import limits
from realtime.web.corrections import CorrectionError, Corrections, parse_boxes, parse_labels
from realtime.web.photo import Upload, read_page
from realtime.web.places import Places
from realtime.web.uploads import Room, flag, read_file
from realtime.web.workers import Workers


def correction_routes(folder: Corrections, workers: Workers, uploads: Places, held: Room) -> list[Route]:
    """POST and DELETE of `/api/corrections`.

    Args:
        folder: where corrections are kept.
        workers: read each picture once more, which gives the same answer again.
        uploads: the places for uploads of each address.
        held: the memory for all uploads.
    """

    async def correct(request: Request) -> Response:
        turn = flag(request, "turn", True)
        query = request.query_params
        try:
            boxes = parse_boxes(query["boxes"]) if "boxes" in query else []
            labels = parse_labels(query.get("labels", "")) if "labels" in query or not boxes else {}
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        with uploads.taken(request), held.taken() as take:
            data, _ = await read_file(request, limits.PHOTO_BYTES, take)
            upload = Upload(data, turn=turn)
            page = await workers.unhurried(lambda worker: worker.run(read_page, upload))
            try:
                kept, word = await workers.unhurried(lambda _: folder.keep(page.result, labels, boxes))
            except CorrectionError as error:
                raise HTTPException(400, str(error)) from error
            except OwnDigitsError as error:
                raise HTTPException(507, str(error)) from error
        return JSONResponse({"kept": kept, "undo": word})

    async def take_back(request: Request) -> Response:
        try:
            count = await workers.quick(folder.take_back, request.query_params.get("undo", ""))
        except KeyError as error:
            raise HTTPException(404, "nothing that was kept goes by this word") from error
        except OwnDigitsError as error:
            raise HTTPException(507, str(error)) from error
        return JSONResponse({"removed": count})

    path = "/api/corrections"
    return [Route(path, correct, methods=["POST"]), Route(path, take_back, methods=["DELETE"])]
