# file: tests/proofs/testbrowser.py
"""Every control of the dashboard, in a real Chromium; what the content policy blocks would be in its log."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.ui.web.webfixture import RIGHT, Room, lane, listening, node
from tradingbot.core.lane import Lane

_CHROMIUM, _DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (_CHROMIUM and _DRIVER), reason="needs chromium and chromium-driver, Debian packages that CI installs"
)
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--lang=en-US",
)  # fmt: skip
_PATIENCE_S = 10


class Screen:
    """A browser before the dashboard."""

    def __init__(self, driver: WebDriver, base: str, room: Room) -> None:
        self.driver, self.base, self.room = driver, base, room

    def open(self, path: str = "/", role: str = "admin") -> None:
        """Log in, unless that is done, and open a page."""
        self.driver.get(f"{self.base}/login")
        if self.driver.find_elements(By.ID, "password"):
            self.at("name").send_keys(role)
            self.at("password").send_keys(RIGHT)
            self.at("enter").click()
            self.until(lambda: self.driver.find_elements(By.ID, "logout") and self._whole())
        self.driver.get(f"{self.base}{path}")
        self.until(lambda: self.driver.current_url.endswith(path) and self._whole())

    def _whole(self) -> bool:
        # After a form the driver may call a page loaded whose scripts are not.
        return bool(self.driver.execute_script("return document.readyState === 'complete'"))

    def live(self, role: str = "admin") -> None:
        """Open the dashboard and wait until it is pushed to."""
        self.open("/", role)
        self.until(lambda: "live" in self.at("connection").text)

    def at(self, name: str) -> WebElement:
        """Return the element of an id."""
        return self.driver.find_element(By.ID, name)

    def all(self, selector: str) -> list[WebElement]:
        """Return the elements of a selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, holds: object) -> None:
        """Wait until it holds."""
        WebDriverWait(self.driver, _PATIENCE_S, 0.05).until(lambda _driver: holds())  # type: ignore[operator]

    def click(self, name: str) -> None:
        """Click what a push may just have replaced."""

        def clicked() -> bool:
            self.driver.execute_script(f"document.getElementById('{name}').click()")
            return True

        self.until(clicked)

    def size(self, width: int, height: int) -> None:
        """Be a screen of this size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def complaints(self) -> list[str]:
        """Return what the browser complained about since the last time."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.binary_location = str(_CHROMIUM)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(str(_DRIVER)))
        try:
            yield driver
        finally:
            driver.quit()


@pytest.fixture(scope="module")
def base() -> Iterator[tuple[str, Room]]:
    room = Room()
    with listening(room) as client:
        yield str(client.base_url).rstrip("/"), room


@pytest.fixture
def screen(browser: WebDriver, base: tuple[str, Room]) -> Iterator[Screen]:
    room = base[1]
    nodes = (node(), node("second", role="challenger"))
    room.__dict__.update(Room(lanes=tuple(lane(name, *nodes) for name in Lane), state=room.state + "x").__dict__)
    browser.delete_all_cookies()
    shown = Screen(browser, base[0], room)
    shown.size(1440, 1000)
    shown.complaints()
    yield shown
    assert [line for line in shown.complaints() if "Content Security Policy" in line or "Uncaught" in line] == []


def test_the_four_lanes_are_shown_with_every_number_and_its_formula(screen: Screen) -> None:
    screen.live()
    assert [one.text for one in screen.all(".panel h2")] == ["Crypto spot", "Crypto futures", "Forex", "Options"]
    for key in ("equity", "pnl", "drawdown", "sharpe", "sortino", "cvar", "winrate", "factor", "points", "trades"):
        (tile,) = screen.all(f"#lane-forex [data-metric='{key}']")
        assert tile.text.split("\n")[1].strip(" \u2013")
        screen.click(f"tip-forex-{key}")
        assert len(screen.at("bubble").text) > 10
    screen.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    screen.until(lambda: not screen.driver.find_elements(By.ID, "bubble"))


def test_a_kill_is_confirmed_done_and_seen(screen: Screen) -> None:
    screen.live("operator")
    screen.click("kill-forex")
    assert screen.at("asktitle").text == "Kill forex?"
    screen.at("why").send_keys("flood")
    screen.at("confirm").click()
    screen.until(lambda: screen.room.asked == [("kill", "forex", "operator", "flood")])
    screen.until(lambda: "forex: kill done" in screen.at("toasts").text)
    screen.room.lanes = tuple(lane(name, node(), killed=name is Lane.FOREX) for name in Lane)
    screen.room.state = "killed"
    screen.until(lambda: screen.driver.find_elements(By.ID, "resume-forex"))
    assert "paper goes on" in screen.at("lane-forex").text


def test_a_kill_that_is_called_off_is_none(screen: Screen) -> None:
    screen.live("operator")
    screen.click("kill-forex")
    screen.at("cancel").click()
    screen.click("kill-forex")
    screen.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    screen.until(lambda: not screen.at("ask").is_displayed())
    assert screen.room.asked == []


def test_a_resume_needs_a_reason(screen: Screen) -> None:
    screen.room.lanes = tuple(lane(name, node(), killed=True) for name in Lane)
    screen.live("operator")
    screen.click("resume-options")
    screen.at("confirm").click()
    assert screen.at("ask").is_displayed()
    screen.at("why").send_keys("looked")
    screen.at("confirm").click()
    screen.until(lambda: screen.room.asked == [("resume", "options", "operator", "looked")])


@pytest.mark.parametrize(("live", "verb"), [(False, "enable"), (True, "disable")])
def test_the_live_switch_asks_and_says_what_was_answered(screen: Screen, live: bool, verb: str) -> None:
    screen.room.lanes = tuple(replace(lane(name, node()), live=live) for name in Lane)
    screen.live("operator")
    screen.click(f"{verb}-forex")
    screen.at("why").send_keys("refuse")
    screen.at("confirm").click()
    screen.until(lambda: screen.all(".toast.failed"))
    assert "forex was not changed: refused" in screen.at("toasts").text
    assert screen.room.asked == [(verb, "forex", "operator", "refuse")]


def test_a_viewer_sees_no_control_that_would_be_refused(screen: Screen) -> None:
    screen.live("viewer")
    assert screen.all("[data-act]")
    assert not any(one.is_displayed() for one in screen.all("[data-act]"))


def test_the_chart_opens_and_is_read_by_keys(screen: Screen) -> None:
    screen.live()
    screen.click("curve-forex")
    screen.until(lambda: screen.at("chart").is_displayed() and "USDT" in screen.at("chartread").text)
    before = screen.at("chartread").text
    screen.driver.switch_to.active_element.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert screen.at("chartread").text != before
    (close,) = screen.all("#chart [data-close]")
    close.click()
    assert not screen.at("chart").is_displayed()


def test_the_validation_opens_with_its_criteria(screen: Screen) -> None:
    screen.live()
    screen.click("validation-cryptofutures")
    screen.until(lambda: "Closed trades" in screen.at("validationbody").text)
    assert str(screen.at("validationreport").get_attribute("href")).endswith("/validation/learner/report")
    (close,) = screen.all("#validation [data-close]")
    close.click()
    assert not screen.at("validation").is_displayed()


def test_a_validation_that_is_not_there_is_told(screen: Screen) -> None:
    screen.room.lanes = (lane(Lane.FOREX, node("nobody")),)
    screen.live()
    screen.click("validation-forex")
    screen.until(lambda: "nobody was never validated" in screen.at("toasts").text)


def test_the_diff_is_a_page_of_its_own(screen: Screen) -> None:
    screen.live()
    screen.click("diff-forex")
    screen.until(lambda: screen.driver.find_elements(By.ID, "diff"))
    assert "market_sane" in screen.at("diff").text
    assert "off" in screen.at("diff").text
    assert screen.driver.current_url.endswith("/diff/forex")


@pytest.mark.parametrize("verb", ["demote", "retire"])
def test_the_registry_takes_commands_of_an_admin(screen: Screen, verb: str) -> None:
    screen.open("/registry")
    screen.click(f"{verb}-learner")
    screen.at("why").send_keys("old")
    screen.at("confirm").click()
    screen.until(lambda: screen.room.asked == [(verb, "learner", "admin", "old")])


def test_a_session_is_revoked_and_a_log_out_leads_to_the_login(screen: Screen) -> None:
    screen.open("/sessions")
    screen.click("revoke-s1")
    screen.at("confirm").click()
    screen.until(lambda: screen.room.asked and screen.room.asked[0][:2] == ("revoke", "s1"))
    screen.open("/sessions")
    screen.click("logout")
    screen.until(lambda: screen.driver.current_url.endswith("/login"))
    assert screen.room.gone == {"admin"}


def test_the_theme_is_chosen_and_kept(screen: Screen) -> None:
    screen.live()
    colour = "return getComputedStyle(document.body).backgroundColor"
    before = screen.driver.execute_script(colour)
    screen.click("theme")
    chosen = screen.driver.execute_script(colour)
    assert chosen != before
    screen.driver.refresh()
    assert screen.driver.execute_script(colour) == chosen
    screen.driver.execute_script("localStorage.clear()")


def test_what_is_open_and_focused_survives_a_push(screen: Screen) -> None:
    screen.live()
    screen.driver.execute_script("document.getElementById('refusals-forex').open = true")
    screen.driver.execute_script("document.getElementById('kill-forex').focus()")
    screen.room.lanes = tuple(lane(name, node(speed="77")) for name in Lane)
    screen.room.state = "pushed"
    screen.until(lambda: "77" in screen.at("lane-forex").text)
    assert screen.at("refusals-forex").get_attribute("open")
    assert screen.driver.switch_to.active_element.get_attribute("id") == "kill-forex"


def test_a_page_that_is_not_pushed_to_says_loudly_that_it_is_old(browser: WebDriver) -> None:
    room = Room(lanes=tuple(lane(name, node()) for name in Lane))
    with listening(room) as client:
        shown = Screen(browser, str(client.base_url).rstrip("/"), room)
        browser.delete_all_cookies()
        shown.live()
        assert not shown.at("stale").is_displayed()
    shown.until(lambda: shown.at("stale").is_displayed())
    assert "seconds old" in shown.at("stale").text
    assert "stale" in shown.at("connection").text


def test_on_a_phone_nothing_is_wider_than_the_screen(screen: Screen) -> None:
    screen.size(390, 844)
    for path in ("/", "/registry", "/diff/forex", "/sessions", "/validation/learner"):
        screen.open(path)
        assert screen.driver.execute_script("return document.documentElement.scrollWidth") <= 390


def test_the_first_account_is_made_in_a_browser(screen: Screen) -> None:
    screen.room.setup_due = True
    screen.driver.get(f"{screen.base}/setup/once")
    screen.at("name").send_keys("ann")
    screen.at("password").send_keys("a long password")
    screen.at("enter").click()
    screen.until(lambda: screen.driver.current_url.endswith("/login"))
    assert screen.room.asked == [("setup", "once", "ann", "a long password")]


def test_screens_are_kept_where_somebody_asks_for_them(screen: Screen) -> None:
    """`TRADINGBOT_SCREENS=DIR` keeps pictures to look at; without, this only takes them."""
    place = os.environ.get("TRADINGBOT_SCREENS")
    for name, width, height in (("desktop", 1440, 1200), ("phone", 390, 1600)):
        screen.size(width, height)
        screen.live()
        picture = screen.driver.get_screenshot_as_png()
        assert picture.startswith(b"\x89PNG")
        if place:
            Path(place, f"{name}.png").write_bytes(picture)
