"""From rows to the API's documents; lists are read with a fixed number of queries."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.ledger import answers_of
from calls.models import Call as CallRow
from calls.queries import CallbackFile
from cases.inferring import intent_of, role_of
from cases.lateness import late_cases
from cases.queries import CaseFile, NextStep, next_step, references_of
from core.looking import learnt
from routing.directory import current_directory
from routing.models import Office as OfficeRow
from webapp import schemas
from webapp.queries import callbacks_of_cases, recordings_of_cases


def call_document(session: Session, call: CallRow) -> schemas.Call:
    """One call with its case's reference."""
    references = references_of(session, [call.case_id]) if call.case_id is not None else {}
    return schemas.Call(
        call_sid=call.sid,
        direction=call.direction,
        status=call.status,
        ended_by=call.ended_by,
        language=call.language,
        answers=answers_of(call),
        flow_version=call.flow_version,
        started_at=call.started_at,
        ended_at=call.ended_at,
        case_reference=references.get(call.case_id or 0),
        practice=call.is_practice,
    )


def case_documents(session: Session, files: Sequence[CaseFile]) -> list[schemas.Case]:
    """Cases with all that is shown inside them."""
    ids = [file.case.id for file in files]
    callbacks = callbacks_of_cases(session, ids)
    recordings = recordings_of_cases(session, ids)
    steps = [next_step(file) for file in files]
    late = late_cases(session, ids)
    codes = {file.assignment.office_code for file in files}
    offices = office_names(session, codes | {step.office_code for step in steps if step})
    return [
        _case_document(
            file,
            step,
            offices,
            file.case.id in late,
            [callback_document(one) for one in callbacks[file.case.id]],
            [schemas.Recording.model_validate(one) for one in recordings[file.case.id]],
        )
        for file, step in zip(files, steps, strict=True)
    ]


def _case_document(
    file: CaseFile,
    step: NextStep | None,
    offices: dict[str, schemas.OfficeName],
    late: bool,
    callbacks: list[schemas.Callback],
    recordings: list[schemas.Recording],
) -> schemas.Case:
    case = file.case
    office = offices[file.assignment.office_code]
    intent, role = intent_of(case, file.place), role_of(case, file.place)
    return schemas.Case(
        reference=case.reference,
        call_sids=list(file.call_sids),
        channel=case.channel,
        intent=intent.value,
        role=role.value,
        inferred=[
            schemas.Reason(rule=name, th=one.why.th, en=one.why.en)
            for name, one in (("intent", intent), ("role", role))
            if one.why
        ],
        hazard_group=case.hazard_group,
        hazard_type=case.hazard_type,
        severity=case.severity,
        status=case.status,
        danger=case.danger,
        anonymous=case.anonymous,
        recording_consent=case.recording_consent,
        place=schemas.Place.model_validate(file.place),
        office=office,
        reasons=[schemas.Reason.model_validate(one) for one in file.assignment.reasons],
        next_step=schemas.NextStep(
            what=step.what, office=offices[step.office_code], due_at=step.due_at
        )
        if step
        else None,
        opened_at=case.opened_at,
        due_at=case.due_at,
        late=late,
        practice=case.is_practice,
        callbacks=callbacks,
        recordings=recordings,
    )


def callback_document(file: CallbackFile) -> schemas.Callback:
    """One callback with its attempts."""
    callback = file.callback
    return schemas.Callback(
        id=callback.id,
        state=callback.state,
        consent=callback.consent,
        due_at=callback.due_at,
        window=file.window,
        attempts=[schemas.Attempt.model_validate(one) for one in file.attempts],
    )


def office_names(session: Session, codes: Iterable[str]) -> dict[str, schemas.OfficeName]:
    """Names by code; an office that is not in the directory is called by its code.

    Only schools are looked up one by one: all others stand in the snapshot of the directory.
    """
    wanted = set(codes)
    directory = current_directory(session) if wanted else None
    found = [directory.office(code) for code in wanted] if directory else []
    names = {one.code: schemas.OfficeName.model_validate(one) for one in found if one}
    schools = _school_names(session, frozenset(wanted - names.keys()))
    unknown = wanted - names.keys() - schools.keys()
    nameless = {code: schemas.OfficeName(code=code, name_th=code, name_en=code) for code in unknown}
    return names | schools | nameless


def _school_names(session: Session, codes: frozenset[str]) -> dict[str, schemas.OfficeName]:
    if not codes:
        return {}
    columns = select(OfficeRow.code, OfficeRow.name_th, OfficeRow.name_en)
    rows = learnt(
        session,
        ("names of schools", codes),
        lambda: session.execute(columns.where(OfficeRow.code.in_(codes))).all(),
    )
    return {row.code: schemas.OfficeName.model_validate(row) for row in rows}
