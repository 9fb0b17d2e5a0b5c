"""`make test`'s own servers."""

from __future__ import annotations

from settings.services.suite import database_folder


def test_the_tests_database_lies_in_memory_where_there_is_room_and_else_with_the_runs_files(tmp_path):
    memory, run = tmp_path / "memory", tmp_path / "run"
    assert database_folder(run, memory=memory) == run, "a machine without a folder in memory"
    memory.mkdir()
    assert database_folder(run, memory=memory, room=10**18) == run
    assert database_folder(run, memory=memory, room=0).parent == memory
