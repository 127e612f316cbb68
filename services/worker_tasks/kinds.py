"""What kinds of matters wait for a worker."""

from __future__ import annotations

from enum import StrEnum


class TaskKind(StrEnum):
    """Why somebody must look. What `subject_id` is follows from it."""

    # subject: the allowance case whose offer ended without an answer
    NO_ANSWER = "no_answer"
    # subject: the case, or where none is open the incoming message, that a reply could not be read for
    UNCLEAR_REPLY = "unclear_reply"
    # subject: the person who has no card to pay to
    NO_CARD = "no_card"
    # subject: the finding of the registers
    DOUBTFUL_MATCH = "doubtful_match"
    # subject: the case whose facts are not all certain
    REVIEW = "review"
    # subject: the case that may have to be stopped: death, moved out, withdrawn
    STOP_DECISION = "stop_decision"
    # subject: the certification that was missed
    MISSED_CERTIFICATION = "missed_certification"
    # subject: the certification that a visit was asked for
    CERTIFICATION_VISIT = "certification_visit"
    # subject: the case that somebody agreed to from a phone that is not registered for the person
    OTHER_PHONE = "other_phone"
    # subject: the case whose offer had ended when the reply came
    LATE_REPLY = "late_reply"
    # subject: the message that did not arrive, or the case about which no phone could be told
    UNDELIVERED = "undelivered"
    # subject: the incoming message that asks for help
    HELP_WANTED = "help_wanted"
    # subject: the payment line that the bank sent back
    BANK_RETURN = "bank_return"
    # subject: the adjustment that somebody must approve
    ADJUSTMENT = "adjustment"
    # subject: the person who wants no more text messages
    STOPPED_MESSAGES = "stopped_messages"
    # subject: the person who lives alone and did not come for three meals in a row
    MEALS_NOT_PICKED_UP = "meals_not_picked_up"
    # subject: the voucher that the facts of a new month speak against
    VOUCHER_LOWERED = "voucher_lowered"
    # subject: the adaptation of a home that a worker must look at
    ADAPTATION_ASSESSMENT = "adaptation_assessment"
    # subject: the adaptation whose quote she and the owner have agreed to
    ADAPTATION_DECISION = "adaptation_decision"
    # subject: the adaptation that she has accepted, and whose firm has to be paid
    ADAPTATION_PAYMENT = "adaptation_payment"
    # subject: the booked visit that she complained about
    SERVICE_COMPLAINT = "service_complaint"
    # subject: the booked meal that she complained about
    MEAL_COMPLAINT = "meal_complaint"
    # subject: the booked visit at which nobody opened the door
    NOT_AT_HOME = "not_at_home"
    # subject: the request of a family member whom no text message of the senior can agree to
    DELEGATION_REQUEST = "delegation_request"
    # subject: the delegation that something unusual was seen about
    DELEGATION_CHECK = "delegation_check"
    # subject: the request for a correction of what is held about her
    DATA_CORRECTION = "data_correction"


class TaskStatus(StrEnum):
    """Whether somebody still has to look."""

    OPEN = "open"
    CLOSED = "closed"
