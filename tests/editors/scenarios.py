"""What every editor must do, whoever draws the ghost text. Each test gets an Editor that was just started."""

import os
import signal

OUTCOMES = {"shown": 3, "partlyAccepted": 1, "accepted": 1, "dismissed": 1}
FUNCTION = "def add(a, b):"
BODY = "    return a + b"


def ghost_text_shows(editor):
    editor.write("def ad")
    editor.wait(lambda text: FUNCTION in text and BODY in text, "both lines of the suggestion")
    editor.take_picture()
    assert ">d(a, b):" in editor.picture, "it looks like the text before it"
    assert "arning" not in editor.screen.text()
    editor.expect(f"{editor.content}def ad\n")


def typing_through_never_flickers(editor):
    editor.write("total")
    editor.wait("total = price * amount")
    editor.endpoint.delay = 0.5  # what shows meanwhile is the plugin's own doing
    for character in " = price":
        editor.screen.type(character)
        for _ in range(3):
            text = editor.screen.text()
            assert "total = price * amount" in text, f"flickered at {character!r}:\n{text}"
    editor.press("accept")
    editor.expect("total = price * amount\n")


def accept_all(editor):
    editor.write("def ad")
    editor.wait(BODY)
    editor.press("accept")
    editor.expect(f"{FUNCTION}\n{BODY}\n")
    assert editor.stats()["accepted"] == 1


def accept_one_word(editor):
    editor.write("total")
    editor.wait("total = price * amount")
    editor.press("word")
    editor.expect("total =\n")


def accept_word_by_word(editor):
    editor.write("total")
    editor.wait("total = price * amount")
    editor.press("word")
    editor.press("word")
    text = editor.screen.text()
    assert "total = price * amount" in text, f"flickered:\n{text}"
    editor.expect("total = price\n")


def accept_line_by_line(editor):
    editor.write("def ad")
    editor.wait(BODY)
    editor.press("line")
    editor.expect(f"{FUNCTION}\n")
    editor.again()
    editor.wait(BODY)
    editor.press("line")
    editor.expect(f"{FUNCTION}\n{BODY}\n")


def closed_bracket_is_not_doubled(editor):
    editor.write("show()")
    editor.press("left")
    editor.screen.type("fir")
    editor.wait("show(first, second)")
    editor.press("accept")
    editor.expect("show(first, second)\n")


def dismissed_goes_and_is_counted(editor):
    editor.write("total")
    editor.wait("price * amount")
    editor.press("dismiss")
    editor.wait(lambda text: "price" not in text, "an empty rest of the line")
    assert editor.stats()["dismissed"] == 1
    editor.expect("total\n")


def undo_takes_back_the_suggestion_alone(editor):
    editor.write("total")
    editor.wait("price * amount")
    editor.press("accept")
    editor.wait_text("total = price * amount")
    editor.press("undo")
    editor.expect("total\n")


def emoji_before_the_cursor(editor):
    editor.write('party = "🎉🎉" + gr')
    editor.wait("greeting")
    editor.press("accept")
    editor.expect('party = "🎉🎉" + greeting\n')


def crlf_file_stays_one(editor):
    editor.write("def ad")
    editor.wait(BODY)
    assert "^M" not in editor.screen.text()
    editor.press("accept")
    editor.expect(f"x = 1\r\n{FUNCTION}\r\n{BODY}\r\n")


def secrets_stay_here_and_why_says_so(editor):
    editor.write("SECRET_KEY = hi")
    editor.ask("why")
    editor.wait("keeps it on this machine")
    assert "hidden" not in editor.screen.text()


def killed_daemon_comes_back(editor):
    editor.write("total")
    editor.wait("price * amount")
    first = editor.daemon()
    os.kill(first, signal.SIGKILL)
    editor.screen.type(" =")
    editor.wait("total =")
    editor.wait_for(lambda: editor.daemon() not in (None, first), "another daemon")
    editor.calm()
    editor.screen.type(" pri")
    editor.wait("total = price * amount")


def dead_endpoint_is_told_and_own_text_completes(editor):
    editor.endpoint.stop()
    editor.write("sum")
    editor.press_until("trigger", "error")  # one failure is not worth a word, three in a row are
    editor.press("Enter")
    editor.screen.type("third = round(pri")
    editor.wait("third = round(price * amount")
    editor.press("accept")
    editor.wait("third = round(price * amount")
    editor.wait_status("error")


def missing_program_is_said_once(editor):
    editor.wait("cannot find the program fimd")
    editor.calm()
    editor.write("total")
    editor.expect("total\n")


def toggle_off_and_on(editor):
    editor.write("total")
    editor.wait("price * amount")
    editor.ask("toggle")
    editor.wait_status("off")
    editor.calm()
    editor.again()
    editor.screen.type(" =")
    editor.wait_text("total =")
    assert "price" not in editor.screen.text()
    editor.ask("toggle")
    editor.wait_status("ready")
    editor.calm()
    editor.again()
    editor.screen.type(" p")
    editor.wait("price * amount")


def why_says_that_it_is_switched_off(editor):
    editor.ask("toggle")
    editor.wait_status("off")
    editor.calm()
    editor.write("total")
    editor.wait_text("total")
    editor.ask("why")
    editor.wait("switched off")


def trigger_and_candidates(editor):
    editor.write("total")
    editor.wait("price * amount")
    editor.press("trigger")
    editor.press("next")
    editor.press("previous")
    editor.wait("total = price * amount")
    editor.press("accept")
    editor.expect("total = price * amount\n")


def every_outcome_is_reported_and_counted(editor):
    """The same keys have every editor say the same: a suggestion comes at the third letter of a line."""
    editor.write("to")
    editor.screen.type("t")
    editor.wait("total = price * amount")
    editor.wait_reports("shown")
    editor.press("word")
    editor.wait_reports("shown", "2 accepted", "shown")
    editor.press("accept")
    editor.wait_reports("shown", "2 accepted", "shown", "accepted")
    editor.press("Enter")
    editor.screen.type("sh")
    editor.screen.type("o")
    editor.wait("show(first, second)")
    editor.wait_reports("shown", "2 accepted", "shown", "accepted", "shown")
    editor.press("dismiss")
    editor.wait_reports("shown", "2 accepted", "shown", "accepted", "shown", "dismissed")
    stats = editor.stats()
    assert {name: stats[name] for name in OUTCOMES} == OUTCOMES, stats


def tab_stays_the_users(editor):
    editor.write("x")
    editor.screen.press("Tab")
    editor.screen.type("y")
    editor.expect("x\ty\n")


ALL = [value for value in list(globals().values()) if callable(value)]

MODULE = """\
from decimal import Decimal


def net(price, rate):
    return price / (1 + rate)


"""
REPEATING = """\
first = round(price * amount, 2)
second = round(price * amount, 2)
"""

# How the editor is started for a scenario, where it matters.
SETTING = {
    "ghost_text_shows": {"content": MODULE},
    "dead_endpoint_is_told_and_own_text_completes": {"content": REPEATING},
    "every_outcome_is_reported_and_counted": {"wire": True},
    "crlf_file_stays_one": {"content": "x = 1\r\n"},
    "secrets_stay_here_and_why_says_so": {"name": ".env"},
    "missing_program_is_said_once": {"program": None},
}
