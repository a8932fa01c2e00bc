# file: ui/web/routes/commands.py
"""Routes that command: lane switches, candidate states, sessions; each is one operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request

from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Role
from tradingbot.operations.accounts import access
from tradingbot.ui.web import operations
from tradingbot.ui.web.request import REASON_BODY, Admin, Member, Operator, Reason
from tradingbot.ui.web.responses import PROBLEMS, Sentence
from tradingbot.ui.web.routes.views import CANDIDATE

router = APIRouter(responses=PROBLEMS)

Candidate = Annotated[str, Path(pattern=CANDIDATE, description="A candidate's name.")]


@router.post("/kill/{asset}", response_model=Sentence, openapi_extra=REASON_BODY)
async def kill(request: Request, asset: Lane, visitor: Operator, reason: Reason) -> Any:
    """Kill a lane: nothing is entered with real money until it is resumed. Never limited."""
    return await _answer(request.app.state.pools.switch, operations.kill, asset, visitor.name, reason)


@router.post("/resume/{asset}", response_model=Sentence, openapi_extra=REASON_BODY)
async def resume(request: Request, asset: Lane, visitor: Operator, reason: Reason) -> Any:
    """Let a killed lane enter again; refused without a reason."""
    return await _answer(request.app.state.pools.switch, operations.resume, asset, visitor.name, reason)


@router.post("/live/{asset}/enable", response_model=Sentence, openapi_extra=REASON_BODY)
async def enable(request: Request, asset: Lane, visitor: Operator, reason: Reason) -> Any:
    """Let a lane's live node trade real money; refused with every reason against it."""
    return await _answer(request.app.state.pools.switch, operations.enable, asset, visitor.name, reason)


@router.post("/live/{asset}/disable", response_model=Sentence, openapi_extra=REASON_BODY)
async def disable(request: Request, asset: Lane, visitor: Operator, reason: Reason) -> Any:
    """Stop a lane from trading real money."""
    return await _answer(request.app.state.pools.switch, operations.disable, asset, visitor.name, reason)


@router.post("/promote/{candidate}", response_model=Sentence, openapi_extra=REASON_BODY)
async def promote(request: Request, candidate: Candidate, visitor: Admin, reason: Reason) -> Any:
    """Promote what is to the byte what was validated."""
    return await _answer(request.app.state.pools.command, operations.promote, candidate, visitor.name, reason)


@router.post("/demote/{candidate}", response_model=Sentence, openapi_extra=REASON_BODY)
async def demote(request: Request, candidate: Candidate, visitor: Admin, reason: Reason) -> Any:
    """Take a promotion back; refused without a reason."""
    return await _answer(request.app.state.pools.command, operations.demote, candidate, visitor.name, reason)


@router.post("/retire/{candidate}", response_model=Sentence, openapi_extra=REASON_BODY)
async def retire(request: Request, candidate: Candidate, visitor: Admin, reason: Reason) -> Any:
    """Retire a candidate for good; refused without a reason."""
    return await _answer(request.app.state.pools.command, operations.retire, candidate, visitor.name, reason)


@router.post("/sessions/{session}/revoke", response_model=Sentence)
async def revoke(
    request: Request, session: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")], visitor: Member
) -> Any:
    """End a session: one's own, or as an admin anybody's."""
    command = request.app.state.pools.command
    seen = {one.id for one in await command(access.sessions) if visitor.role is Role.ADMIN or one.name == visitor.name}
    if session not in seen:
        raise HTTPException(404, f"there is no session {session}")
    try:
        return await _answer(command, access.revoke, session, visitor.name)
    except BadInput as error:
        raise HTTPException(404, str(error)) from error


async def _answer(pool: operations.Pool, act: Callable[..., str], *values: str) -> Sentence:
    return Sentence(sentence=await pool(act, *values))
