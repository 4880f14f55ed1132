from __future__ import annotations

import errno
import gzip
import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedhub.deliver import PublishedFolder
from feedhub.deliver.names import STATE_FOLDER, checked_path
from feedhub.errors import DeliveryError

TEXT = "Thông báo của phường. ".encode() * 100


def published(root: Path) -> dict[str, bytes]:
    """What a web server would find below ``root``."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and STATE_FOLDER not in path.parts
    }


def test_a_file_is_written_once_and_not_again(tmp_path: Path) -> None:
    with PublishedFolder(tmp_path / "public") as folder:
        assert folder.write("stories/a/index.html", b"one") is True
        full = tmp_path / "public/stories/a/index.html"
        before = full.stat()
        assert folder.write("stories/a/index.html", b"one") is False
        assert full.stat().st_mtime_ns == before.st_mtime_ns
        assert full.stat().st_ino == before.st_ino
        assert folder.write("stories/a/index.html", b"two") is True
        assert full.read_bytes() == b"two"


def test_the_manifest_survives_and_nothing_is_rewritten_after_a_restart(tmp_path: Path) -> None:
    with PublishedFolder(tmp_path) as folder:
        folder.write("a.html", b"a")
    again = PublishedFolder(tmp_path)
    assert again.recovered is False
    assert again.paths() == ("a.html",)
    assert again.digest("a.html") is not None
    assert again.digest("b.html") is None
    inode = (tmp_path / "a.html").stat().st_ino
    assert again.write("a.html", b"a") is False
    assert (tmp_path / "a.html").stat().st_ino == inode


@pytest.mark.parametrize("damage", ["missing", "torn", "nonsense", "empty"])
def test_a_lost_or_damaged_manifest_is_rebuilt_from_the_disk(tmp_path: Path, damage: str) -> None:
    with PublishedFolder(tmp_path) as folder:
        for number in range(20):
            folder.write(f"{number}.html", b"%d" % number)
    manifest = tmp_path / STATE_FOLDER / "manifest"
    content = manifest.read_bytes()
    if damage == "missing":
        manifest.unlink()
    else:
        manifest.write_bytes(
            {"torn": content[:-7], "nonsense": b"\xff\x00" * 9, "empty": b""}[damage]
        )
    again = PublishedFolder(tmp_path)
    assert len(again) == 20
    assert not any(again.write(f"{number}.html", b"%d" % number) for number in range(20))


def test_a_file_somebody_else_altered_is_put_right(tmp_path: Path) -> None:
    with PublishedFolder(tmp_path) as folder:
        folder.write("a.html", b"ours")
    (tmp_path / "a.html").write_bytes(b"evil")
    with PublishedFolder(tmp_path) as folder:
        assert folder.write("a.html", b"ours") is True
        (tmp_path / "a.html").unlink()
        assert folder.write("a.html", b"ours") is True
    assert (tmp_path / "a.html").read_bytes() == b"ours"


def test_modes_suit_a_web_server_of_another_user_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        with PublishedFolder(tmp_path / "public") as folder:
            folder.write("deep/er/a.html", b"a")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "public/deep/er/a.html").stat().st_mode) == 0o644
    for name in ("public", "public/deep", "public/deep/er"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o755


def test_removing_takes_empty_folders_along_and_is_remembered(tmp_path: Path) -> None:
    with PublishedFolder(tmp_path) as folder:
        folder.write("stories/a/index.html", b"a")
        folder.write("stories/b/index.html", b"b")
        assert folder.remove("stories/a/index.html") is True
        assert folder.remove("stories/a/index.html") is False
        assert folder.was_removed("stories/a/index.html")
        assert not (tmp_path / "stories/a").exists()
        assert (tmp_path / "stories/b/index.html").exists()
        folder.remove("stories/b/index.html")
        assert not (tmp_path / "stories").exists()
    again = PublishedFolder(tmp_path)
    assert again.was_removed("stories/a/index.html")
    assert not again.was_removed("stories/c/index.html")
    assert again.write("stories/a/index.html", b"back")
    assert not again.was_removed("stories/a/index.html")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        ".hidden",
        "a/.git/config",
        ".feedhub/manifest",
        "a\\b",
        "a\nb",
        "a\x00b",
        "a\x7fb",
        "a\u200bb",
        "a\u2028b",
        "a\ud800b",
        "x" * 300,
        "/".join(["x" * 100] * 20),
    ],
)
def test_paths_that_may_not_be_published_are_refused(tmp_path: Path, path: str) -> None:
    folder = PublishedFolder(tmp_path)
    with pytest.raises(DeliveryError, match="cannot publish"):
        folder.write(path, b"x")
    with pytest.raises(DeliveryError, match="cannot publish"):
        folder.remove(path)
    assert published(tmp_path) == {}


@given(st.text(max_size=60))
def test_no_accepted_path_leaves_the_folder(path: str) -> None:
    try:
        checked_path(path)
    except DeliveryError:
        return
    assert os.path.normpath(f"/root/{path}") == f"/root/{path}"
    assert not path.startswith(STATE_FOLDER)


def test_well_known_names_may_be_published(tmp_path: Path) -> None:
    assert PublishedFolder(tmp_path).write(".well-known/security.txt", b"Contact: x")


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "public"
    folder = PublishedFolder(root)
    (root / "stories").symlink_to(outside)
    with pytest.raises(DeliveryError, match="where a folder is needed"):
        folder.write("stories/a.html", b"x")
    assert list(outside.iterdir()) == []


def test_a_planted_link_in_place_of_a_file_is_replaced_not_written_through(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    root = tmp_path / "public"
    folder = PublishedFolder(root)
    (root / "a.html").symlink_to(secret)
    assert folder.write("a.html", b"secret") is True
    assert not (root / "a.html").is_symlink()
    assert secret.read_bytes() == b"secret"


def test_a_file_where_a_folder_is_needed_is_said_in_words(tmp_path: Path) -> None:
    folder = PublishedFolder(tmp_path)
    folder.write("a", b"x")
    with pytest.raises(DeliveryError, match="where a folder is needed"):
        folder.write("a/b.html", b"x")
    folder.write("c/d.html", b"x")
    with pytest.raises(DeliveryError, match="a folder stands"):
        folder.write("c", b"x")
    assert published(tmp_path) == {"a": b"x", "c/d.html": b"x"}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_when_the_disk_refuses_the_old_file_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    folder = PublishedFolder(tmp_path)
    folder.write("a.html", TEXT)
    folder.flush()

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr("feedhub.deliver.files.os.fstat", refuse)
        with pytest.raises(DeliveryError, match="disk") as caught:
            folder.write("a.html", b"new")
    assert "a.html" in str(caught.value)
    assert "still whole" in str(caught.value)
    assert published(tmp_path) == {"a.html": TEXT}
    assert list((tmp_path / STATE_FOLDER / "new").iterdir()) == []
    assert folder.write("a.html", b"new") is True


def test_a_flush_that_fails_is_made_up_for_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = PublishedFolder(tmp_path)
    folder.write("a.html", TEXT)

    def refuse(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("feedhub.deliver.durable.os.fsync", refuse)
        with pytest.raises(DeliveryError, match="the disk is full"):
            folder.flush()
    assert PublishedFolder(tmp_path).recovered  # as if killed now: the mark is still there
    folder.flush()
    assert not PublishedFolder(tmp_path).recovered


def test_a_really_full_disk(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    folder = PublishedFolder(tmp_path)
    folder.write("a.html", TEXT)
    real = os.open

    def full(name: str, flags: int, mode: int = 0) -> int:
        return real("/dev/full", os.O_WRONLY) if "/new/" in str(name) else real(name, flags, mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feedhub.deliver.files.os.open", full)
        with pytest.raises(DeliveryError, match="the disk is full"):
            folder.write("a.html", b"new")
    assert (tmp_path / "a.html").read_bytes() == TEXT


def test_the_folder_is_made_again_when_somebody_took_it_away(tmp_path: Path) -> None:
    root = tmp_path / "public"
    folder = PublishedFolder(root)
    folder.write("x/a.html", b"a")
    folder.flush()
    assert folder.intact()
    root.rename(tmp_path / "elsewhere")
    assert not folder.intact()
    assert folder.recovered
    assert folder.write("x/a.html", b"a") is True
    assert folder.recovered
    folder.flush()
    assert not folder.recovered
    assert published(root) == {"x/a.html": b"a"}
    assert folder.intact()


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DeliveryError, match="could not publish"):
        PublishedFolder(tmp_path / "file" / "public")


def test_time_never_goes_back_for_a_changed_file(tmp_path: Path) -> None:
    with PublishedFolder(tmp_path) as folder:
        folder.write("a.html", b"a")
        ahead = time.time_ns() + 3600 * 10**9
        os.utime(tmp_path / "a.html", ns=(ahead, ahead))
        folder.write("a.html", b"a")  # adopts the file with its time
        folder.write("a.html", b"b")
    assert (tmp_path / "a.html").stat().st_mtime_ns > ahead


def test_strays_of_a_killed_process_are_swept(tmp_path: Path) -> None:
    PublishedFolder(tmp_path).flush()
    stray = tmp_path / STATE_FOLDER / "new" / "123-4"
    stray.write_bytes(b"half")
    PublishedFolder(tmp_path)
    assert not stray.exists()


def test_an_unfinished_batch_is_noticed(tmp_path: Path) -> None:
    folder = PublishedFolder(tmp_path)
    folder.write("a.html", b"a")
    again = PublishedFolder(tmp_path)  # as after a kill: no flush came
    assert again.recovered is True
    assert again.write("a.html", b"a") is False
    again.flush()
    assert PublishedFolder(tmp_path).recovered is False


# --- packed copies ---------------------------------------------------------------------------


def test_packed_copies_hold_the_same_and_are_the_same_every_time(tmp_path: Path) -> None:
    packs = []
    for name in ("one", "two"):
        with PublishedFolder(tmp_path / name, packed=True) as folder:
            folder.write("feeds/all.atom", TEXT)
            folder.write("tiny.html", b"x")
            folder.write("photo.jpg", TEXT)
        packs.append(published(tmp_path / name))
    assert packs[0] == packs[1]
    assert set(packs[0]) == {
        "feeds/all.atom",
        "feeds/all.atom.br",
        "feeds/all.atom.gz",
        "tiny.html",
        "photo.jpg",
    }
    assert gzip.decompress(packs[0]["feeds/all.atom.gz"]) == TEXT
    assert brotli.decompress(packs[0]["feeds/all.atom.br"]) == TEXT


def test_packed_copies_go_with_their_file(tmp_path: Path) -> None:
    with PublishedFolder(tmp_path, packed=True) as folder:
        folder.write("a.html", TEXT)
        folder.write("a.html", b"too short to pack")
        assert set(published(tmp_path)) == {"a.html"}
        folder.write("a.html", TEXT)
        folder.remove("a.html")
    assert published(tmp_path) == {}


def test_switching_packing_on_and_off_needs_no_change_of_content(tmp_path: Path) -> None:
    with PublishedFolder(tmp_path) as folder:
        folder.write("a.html", TEXT)
    with PublishedFolder(tmp_path, packed=True) as folder:
        assert folder.write("a.html", TEXT) is False
        assert set(published(tmp_path)) == {"a.html", "a.html.br", "a.html.gz"}
    with PublishedFolder(tmp_path) as folder:
        assert folder.write("a.html", TEXT) is False
        assert set(published(tmp_path)) == {"a.html"}


def test_copies_of_unknown_age_are_not_trusted_after_a_crash(tmp_path: Path) -> None:
    with PublishedFolder(tmp_path, packed=True) as folder:
        folder.write("a.html", TEXT)
        folder.write("notes.gz", b"a file of its own")
    (tmp_path / STATE_FOLDER / "unsynced").touch()
    folder = PublishedFolder(tmp_path, packed=True)
    assert set(published(tmp_path)) == {"a.html", "notes.gz"}
    folder.write("a.html", TEXT)
    assert "a.html.br" in published(tmp_path)


def test_a_reader_never_meets_a_copy_that_differs_from_the_file(tmp_path: Path) -> None:
    """While one thread publishes, another reads copy and file as a web server does."""
    folder = PublishedFolder(tmp_path, packed=True)
    plain, copy = tmp_path / "a.html", tmp_path / "a.html.br"
    done = threading.Event()
    wrong: list[str] = []
    seen = 0

    def read() -> None:
        nonlocal seen
        while not done.is_set():
            try:
                before = plain.read_bytes()
                packed = copy.read_bytes()
                after = plain.read_bytes()
            except FileNotFoundError:
                continue
            if before == after:
                seen += 1
                if brotli.decompress(packed) != before:
                    wrong.append("differs")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        number = 0
        deadline = time.monotonic() + 20
        while number < 100 or (seen < 5 and time.monotonic() < deadline):
            number += 1
            folder.write("a.html", b"%06d " % number * 200)
            time.sleep(0.002)
    finally:
        done.set()
        reader.join()
    assert wrong == []
    assert seen >= 5


# --- laws ------------------------------------------------------------------------------------

PATHS = st.sampled_from(["a.html", "b/index.html", "b/c.atom", "d/e/f.json", "g.txt"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), PATHS, st.sampled_from([b"", b"x", b"y" * 700, TEXT])),
        st.tuples(st.just("remove"), PATHS, st.just(b"")),
        st.tuples(st.just("flush"), st.just(""), st.just(b"")),
        st.tuples(st.just("restart"), st.just(""), st.just(b"")),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(steps=STEPS)
def test_whatever_happens_the_folder_holds_what_was_handed_over(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, bytes]]
) -> None:
    root = tmp_path_factory.mktemp("law")
    folder = PublishedFolder(root)
    expected: dict[str, bytes] = {}
    for act, path, data in steps:
        if act == "write":
            assert folder.write(path, data) is (expected.get(path) != data)
            expected[path] = data
        elif act == "remove":
            assert folder.remove(path) is (path in expected)
            expected.pop(path, None)
        elif act == "flush":
            folder.flush()
        else:
            folder = PublishedFolder(root)
        assert published(root) == expected
        assert set(folder.paths()) == set(expected)


# --- kill -9 ---------------------------------------------------------------------------------

WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from feedhub.deliver import PublishedFolder
    folder = PublishedFolder(Path(sys.argv[1]), packed=True)
    print("ready", flush=True)
    number = int(sys.argv[2])
    while True:
        number += 1
        for page in range(5):
            folder.write(f"p{page}/index.html", b"%09d|" % number * 3000)
        if number % 7 == 0:
            folder.flush()
    """
)


def test_a_killed_publisher_leaves_no_torn_file(tmp_path: Path) -> None:
    root = tmp_path / "public"
    for round_number in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root), str(round_number * 100_000)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(0.02 + 0.013 * round_number)
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        for name, content in published(root).items():
            if name.endswith(".br"):
                assert brotli.decompress(content) == (root / name[:-3]).read_bytes()
            elif name.endswith(".gz"):
                assert gzip.decompress(content) == (root / name[:-3]).read_bytes()
            else:
                assert content == content[:10] * 3000, name
        folder = PublishedFolder(root)
        assert folder.write("p0/index.html", b"after") is True
        folder.flush()
        assert list((root / STATE_FOLDER / "new").iterdir()) == []
