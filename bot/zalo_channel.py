"""Zalo's channels of the settings."""

from __future__ import annotations

from bot.app import App
from bot.zalo_contacts import StoredContacts
from bot.zalo_settings import ZaloSettings
from channels.zalo_http import Roots, ZaloHttp
from channels.zalo_oa import Account, ZaloOA
from channels.zalo_token import FixedToken


def roots(zalo: ZaloSettings) -> Roots:
    """Where Zalo's servers are."""
    return Roots(zalo.api_base_url, zalo.oauth_base_url, zalo.business_base_url)


def account(zalo: ZaloSettings) -> Account:
    """The Official Account."""
    return Account(
        zalo.app_id,
        zalo.oa_id,
        zalo.oa_secret,
        signed_with=zalo.oa_signed_with,
        buttons=zalo.oa_buttons,
        quiet=zalo.oa_quiet,
    )


def make_zalo_oa(app: App) -> ZaloOA:
    """The channel, as the settings say."""
    zalo = app.settings.zalo
    return ZaloOA(
        account(zalo),
        FixedToken(zalo.oa_access_token),
        StoredContacts(app.database, lambda job: app.writer.submit_lazily(job), app.clock.now),
        app.accept,
        now=app.clock.now,
        http=ZaloHttp(roots(zalo)),
        jitter=app.random.random,
    )
