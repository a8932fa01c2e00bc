# file: ui/web/commanding.py
"""Routes that command: switches of lanes, states of candidates, sessions. Each is one operation, nothing more."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from pydantic import BaseModel, Field

from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane
from tradingbot.ui.web.answers import PROBLEMS, Sentence
from tradingbot.ui.web.seeing import CANDIDATE
from tradingbot.ui.web.visitors import Admin, Operator

__all__ = ["router"]

router = APIRouter(responses=PROBLEMS)

Candidate = Annotated[str, Path(pattern=CANDIDATE, description="A candidate's name.")]


class Why(BaseModel):
    """The body of a command: why, in one line that is kept on record."""

    reason: str = Field(default="", max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")


@router.post("/kill/{asset}", response_model=Sentence)
async def kill(request: Request, asset: Lane, visitor: Operator, why: Why | None = None) -> Any:
    """Kill a lane: nothing is entered with real money until it is resumed. Never limited."""
    return await _command(request, "kill", asset, visitor.name, why)


@router.post("/resume/{asset}", response_model=Sentence)
async def resume(request: Request, asset: Lane, visitor: Operator, why: Why | None = None) -> Any:
    """Let a killed lane enter again; refused without a reason."""
    return await _command(request, "resume", asset, visitor.name, why)


@router.post("/live/{asset}/enable", response_model=Sentence)
async def enable(request: Request, asset: Lane, visitor: Operator, why: Why | None = None) -> Any:
    """Let a lane's live node trade real money; refused with every reason against it."""
    return await _command(request, "enable", asset, visitor.name, why)


@router.post("/live/{asset}/disable", response_model=Sentence)
async def disable(request: Request, asset: Lane, visitor: Operator, why: Why | None = None) -> Any:
    """Stop a lane from trading real money."""
    return await _command(request, "disable", asset, visitor.name, why)


@router.post("/promote/{candidate}", response_model=Sentence)
async def promote(request: Request, candidate: Candidate, visitor: Admin, why: Why | None = None) -> Any:
    """Promote what is to the byte what was validated."""
    return await _command(request, "promote", candidate, visitor.name, why)


@router.post("/demote/{candidate}", response_model=Sentence)
async def demote(request: Request, candidate: Candidate, visitor: Admin, why: Why | None = None) -> Any:
    """Take a promotion back; refused without a reason."""
    return await _command(request, "demote", candidate, visitor.name, why)


@router.post("/retire/{candidate}", response_model=Sentence)
async def retire(request: Request, candidate: Candidate, visitor: Admin, why: Why | None = None) -> Any:
    """Give a candidate up for good; refused without a reason."""
    return await _command(request, "retire", candidate, visitor.name, why)


@router.post("/sessions/{session}/revoke", response_model=Sentence)
async def revoke(
    request: Request, session: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")], visitor: Admin
) -> Any:
    """End somebody's session."""
    try:
        return Sentence(
            sentence=await request.app.state.hands.command(request.app.state.desk.revoke, session, visitor.name)
        )
    except BadInput as error:
        raise HTTPException(404, str(error)) from error


async def _command(request: Request, name: str, target: object, operator: str, why: Why | None) -> Sentence:
    act = getattr(request.app.state.desk, name)
    reason = "" if why is None else why.reason
    return Sentence(sentence=await request.app.state.hands.command(act, target, operator, reason))
