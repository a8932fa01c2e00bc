# file: ui/web/routes/commands.py
"""Routes that command: lane switches, candidate states, sessions; each is one operation."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request

from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Role
from tradingbot.ui.web.request import REASON_BODY, Admin, Member, Operator, Reason
from tradingbot.ui.web.responses import PROBLEMS, Sentence
from tradingbot.ui.web.routes.views import CANDIDATE

router = APIRouter(responses=PROBLEMS)

Candidate = Annotated[str, Path(pattern=CANDIDATE, description="A candidate's name.")]


@router.post("/kill/{asset}", response_model=Sentence, openapi_extra=REASON_BODY)
async def kill(request: Request, asset: Lane, visitor: Operator, reason: Reason) -> Any:
    """Kill a lane: nothing is entered with real money until it is resumed. Never limited."""
    return await _switch(request, "kill", asset, visitor.name, reason)


@router.post("/resume/{asset}", response_model=Sentence, openapi_extra=REASON_BODY)
async def resume(request: Request, asset: Lane, visitor: Operator, reason: Reason) -> Any:
    """Let a killed lane enter again; refused without a reason."""
    return await _switch(request, "resume", asset, visitor.name, reason)


@router.post("/live/{asset}/enable", response_model=Sentence, openapi_extra=REASON_BODY)
async def enable(request: Request, asset: Lane, visitor: Operator, reason: Reason) -> Any:
    """Let a lane's live node trade real money; refused with every reason against it."""
    return await _switch(request, "enable", asset, visitor.name, reason)


@router.post("/live/{asset}/disable", response_model=Sentence, openapi_extra=REASON_BODY)
async def disable(request: Request, asset: Lane, visitor: Operator, reason: Reason) -> Any:
    """Stop a lane from trading real money."""
    return await _switch(request, "disable", asset, visitor.name, reason)


@router.post("/promote/{candidate}", response_model=Sentence, openapi_extra=REASON_BODY)
async def promote(request: Request, candidate: Candidate, visitor: Admin, reason: Reason) -> Any:
    """Promote what is to the byte what was validated."""
    return await _command(request, "promote", candidate, visitor.name, reason)


@router.post("/demote/{candidate}", response_model=Sentence, openapi_extra=REASON_BODY)
async def demote(request: Request, candidate: Candidate, visitor: Admin, reason: Reason) -> Any:
    """Take a promotion back; refused without a reason."""
    return await _command(request, "demote", candidate, visitor.name, reason)


@router.post("/retire/{candidate}", response_model=Sentence, openapi_extra=REASON_BODY)
async def retire(request: Request, candidate: Candidate, visitor: Admin, reason: Reason) -> Any:
    """Give a candidate up for good; refused without a reason."""
    return await _command(request, "retire", candidate, visitor.name, reason)


@router.post("/sessions/{session}/revoke", response_model=Sentence)
async def revoke(
    request: Request, session: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")], visitor: Member
) -> Any:
    """End a session: one's own, or as an admin anybody's."""
    desk, hands = request.app.state.desk, request.app.state.hands
    found = await hands.command(desk.sessions)
    seen = [one for one in found if visitor.role is Role.ADMIN or one.name == visitor.name]
    if session not in {one.id for one in seen}:
        raise HTTPException(404, f"there is no session {session}")
    try:
        return Sentence(sentence=await hands.command(desk.revoke, session, visitor.name))
    except BadInput as error:
        raise HTTPException(404, str(error)) from error


async def _switch(request: Request, name: str, lane: Lane, operator: str, reason: str) -> Sentence:
    act = getattr(request.app.state.desk, name)
    return Sentence(sentence=await request.app.state.hands.switch(act, lane, operator, reason))


async def _command(request: Request, name: str, candidate: str, operator: str, reason: str) -> Sentence:
    act = getattr(request.app.state.desk, name)
    return Sentence(sentence=await request.app.state.hands.command(act, candidate, operator, reason))
