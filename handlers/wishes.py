"""Wishes without a detail ("menu", "giờ làm việc", "xóa dữ liệu"), each to who answers it."""

from __future__ import annotations

from typing import assert_never

from handlers import greeting, joining, locating, privacy
from handlers.answers import asking
from handlers.desk import Conversation, Desk, Later, Step
from handlers.dossiers import reaching, tracking, wondering
from handlers.guides import gathering, guiding
from handlers.messages import Incoming
from handlers.officials import becoming
from handlers.rated import judging, rating
from handlers.reading.intents import Wish
from handlers.reading.small_talk import Talk


async def answer(wish: Wish, conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later:
    match wish:
        case Wish.MENU:
            return await becoming.main_menu(incoming, desk)
        case Wish.HELP:
            return greeting.help_()
        case Wish.GREETING:
            return greeting.hello(conversation, desk)
        case Wish.THANKS:
            return judging.thanks()
        case Wish.FINE:
            return greeting.fine()
        case Wish.BYE:
            return greeting.bye()
        case Wish.LEAVE:
            return greeting.stopped(conversation)
        case Wish.HOURS:
            return locating.hours(conversation, desk, incoming.text)
        case Wish.PERSON:
            return greeting.person(conversation, desk)
        case Wish.PETITION:
            return greeting.talk(Talk.PETITION, conversation, desk)
        case Wish.PRIVACY:
            return privacy.short(conversation, desk)
        case Wish.SEE_DATA:
            return await privacy.see(conversation, incoming, desk)
        case Wish.ERASE if incoming.text.strip() != wish.value:
            # typed out ("xóa dữ liệu", "/xoa") it is meant; a press may be a slip of the thumb
            return await privacy.erase_sure(conversation, incoming, desk)
        case Wish.ERASE:
            return privacy.erase(conversation, incoming)
        case Wish.ERASE_SURE if any(choice.says == wish.value for choice in conversation.offered):
            return await privacy.erase_sure(conversation, incoming, desk)
        case Wish.ERASE_SURE:
            return privacy.erase(conversation, incoming)
        case Wish.ASK:
            return asking.prompt()
        case Wish.FIELDS:
            return guiding.fields(1, desk)
        case Wish.LISTS:
            return gathering.mine(conversation, desk)
        case Wish.LACKING | Wish.PRINT | Wish.SHARE:
            return await gathering.of_the_last(wish.value, conversation, desk)
        case Wish.NOT_THIS:
            return asking.not_this_topic(conversation, desk)
        case Wish.TRACK | Wish.MINE | Wish.FOLLOW | Wish.UNFOLLOW | Wish.LOST:
            step = await tracking.say_code(conversation, incoming, desk, (wish.value,))
            return step or greeting.menu()
        case Wish.PHONE:
            return reaching.ask(conversation, incoming, desk)
        case Wish.FORGET_PHONE:
            return reaching.forget()
        case Wish.JOIN:
            return await joining.offer(conversation, incoming, desk)
        case Wish.PART:
            return await joining.part(conversation, incoming, desk)
        case Wish.CHANGE_RATING:
            return await rating.change(conversation, incoming, desk) or greeting.menu()
        case Wish.NOT_RECEIVED:
            told = await rating.not_received(conversation, incoming, desk)
            told = told or await wondering.typed(conversation, incoming, desk)
            return told or await tracking.say_code(conversation, incoming, desk, ("track",)) or greeting.menu()
        case _:
            assert_never(wish)
