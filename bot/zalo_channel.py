"""Zalo's channels of the settings."""

from __future__ import annotations

import os

from bot.app import App
from bot.zalo_contacts import StoredContacts
from bot.zalo_operations import SEAL
from bot.zalo_settings import ZaloSettings
from bot.zalo_tokens import UNKNOWN_AGE, TokenStore
from channels.zalo_http import Roots, ZaloHttp
from channels.zalo_oa import Account, ZaloOA
from channels.zalo_oauth import OAuth, Pair


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


def make_zalo_oa(app: App) -> ZaloOA:
    """The channel, as the settings say."""
    zalo = app.settings.zalo
    return ZaloOA(
        account(zalo),
        make_tokens(app),
        StoredContacts(app.database, lambda job: app.writer.submit_lazily(job), app.clock.now),
        app.accept,
        now=app.clock.now,
        http=ZaloHttp(roots(zalo)),
        jitter=app.random.random,
    )
