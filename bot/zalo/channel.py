"""Zalo's channels of the settings."""

from __future__ import annotations

import os

from bot.app import App
from bot.engine.jobs import Job
from bot.zalo.books import StoredBooks
from bot.zalo.contacts import StoredContacts
from bot.zalo.operations import SEAL
from bot.zalo.settings import ZaloSettings
from bot.zalo.tokens import UNKNOWN_AGE, TokenStore
from channels.zalo_account import Account
from channels.zalo_bot import ZaloBot
from channels.zalo_http import Roots, ZaloHttp
from channels.zalo_letters import PhoneForm
from channels.zalo_oa import ZaloOA
from channels.zalo_oauth import OAuth, Pair
from channels.zalo_outreach import Outreach, Terms
from handlers.texts.reaching import form_subtitle


def roots(zalo: ZaloSettings) -> Roots:
    """Where Zalo's servers are."""
    return Roots(zalo.api_base_url, zalo.oauth_base_url, zalo.business_base_url)


def account(zalo: ZaloSettings, unit: str) -> Account:
    """The Official Account. ``unit``: what stands above the form for a phone."""
    form = PhoneForm(unit, form_subtitle(), zalo.oa_phone_image) if zalo.oa_phone_image else None
    return Account(
        zalo.app_id,
        zalo.oa_id,
        zalo.oa_secret,
        signed_with=zalo.oa_signed_with,
        buttons=zalo.oa_buttons,
        quiet=zalo.oa_quiet,
        form=form,
        rating_opens=zalo.oa_rating_opens,
    )


def make_tokens(app: App) -> TokenStore:
    """The account's tokens, in the database."""
    zalo = app.settings.zalo
    given = bool(zalo.oa_access_token and zalo.oa_refresh_token)
    return TokenStore(
        app.database,
        app.keys.seal(SEAL),
        OAuth(ZaloHttp(roots(zalo)), zalo.app_id, zalo.app_secret),
        zalo.oa_id,
        now=app.clock.now,
        me=f"{os.getpid()}-{os.urandom(6).hex()}",
        seed=Pair(zalo.oa_access_token, zalo.oa_refresh_token, UNKNOWN_AGE) if given else None,
    )


def make_zalo_bot(app: App) -> ZaloBot:
    """The bot, as the settings say."""
    zalo = app.settings.zalo
    return ZaloBot(
        zalo.bot_token,
        app.accept,
        now=app.clock.now,
        mode=zalo.bot_mode,
        secret=zalo.bot_webhook_secret,
        base_url=zalo.bot_api_base_url,
    )


def terms(zalo: ZaloSettings) -> Terms:
    """What may cost money."""
    templates = {"invite": zalo.template_rating, "status": zalo.template_status}
    return Terms(
        zalo.oa_paid,
        {kind: template for kind, template in templates.items() if template},
        zalo.oa_message_price,
        zalo.oa_template_price,
        zalo.oa_phone_price,
        zalo.oa_monthly_cap,
    )


def make_zalo_oa(app: App) -> ZaloOA:
    """The channel, as the settings say."""
    zalo, now = app.settings.zalo, app.clock.now

    def lazily(job: Job) -> None:
        app.writer.submit_lazily(job)

    contacts = StoredContacts(app.database, lazily, now, app.keys.seal("zalo phones"))
    return ZaloOA(
        account(zalo, app.shelf.unit_name()),
        make_tokens(app),
        contacts,
        app.accept,
        outreach=Outreach(terms(zalo), contacts, StoredBooks(app.database, lazily, now), now),
        now=now,
        http=ZaloHttp(roots(zalo)),
        jitter=app.random.random,
    )
