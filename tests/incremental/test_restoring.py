"""Outputs that are gone, damaged or those of another state: rows 12 to 16 and 29."""

import shutil

import pytest

from tests.incremental.harness import Toy

GEN, DISC = "data/06_models/gen.json", "data/06_models/disc.json"
NOISY_GEN, NOISY_DISC = "data/08_reporting/noisy_gen_out.json", "data/08_reporting/noisy_disc_out.json"
OUTPUTS = {
    "data/02_intermediate/prepared.json": "prep",
    GEN: "train",
    DISC: "train",
    "data/07_model_output/samples/part-1.json": "sample",
    "data/08_reporting/page.json": "publish",
}


def delete(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def corrupt(path):
    path.write_bytes(path.read_bytes().replace(b"2", b"9").replace(b"1", b"8"))


def damage_blobs(toy: Toy):
    for blob in toy.blobs():
        blob.chmod(0o644)
        blob.write_bytes(b"damaged")


@pytest.mark.parametrize("output", OUTPUTS)
def test_row_12_a_deleted_output_is_restored(done, results, output):
    (done / output).unlink()
    result = done.passes()
    assert result.calls == []
    assert result.counts[1] == 1
    assert done.data() == results


@pytest.mark.parametrize("output", OUTPUTS)
def test_row_12_a_deleted_output_that_is_not_stored_is_made_by_its_node_alone(done, results, output):
    (done / output).unlink()
    done.forget_blobs()
    assert done.calls() == [OUTPUTS[output]]
    assert done.data() == results


def test_row_12_a_deleted_version_is_restored_as_a_new_one(done, results):
    shutil.rmtree(done / "data/08_reporting/report.json")
    result = done.passes()
    assert result.calls == []
    assert len(done.versions()) == 1
    assert done.data() == results


@pytest.mark.parametrize("damage", [empty, corrupt])
@pytest.mark.parametrize("is_stored", [True, False])
@pytest.mark.parametrize("output", [GEN, "data/07_model_output/samples/part-1.json"])
def test_row_13_a_damaged_output_is_mended_and_poisons_nothing(done, results, output, is_stored, damage):
    damage(done / output)
    if not is_stored:
        done.forget_blobs()
    result = done.passes()
    assert result.calls == ([] if is_stored else [OUTPUTS[output]])
    assert done.data() == results


def test_row_14_outputs_of_two_runs_of_one_key_do_not_go_together(toy):
    toy.passes("--pipeline=noisy")
    first = (toy / NOISY_GEN).read_bytes()
    toy.passes("--pipeline=noisy", "--force-nodes=noisy_train")
    (toy / NOISY_GEN).write_bytes(first)  # beside the second run's other output
    assert toy.states("--pipeline=noisy")["noisy_train"] != "up-to-date"
    toy.passes("--pipeline=noisy")
    assert (
        toy.read(NOISY_GEN)["token"]
        == toy.read(NOISY_DISC)["token"]
        == toy.read("data/08_reporting/noisy_used_out.json")
    )


def test_row_15_switching_a_parameter_back_restores(done, results):
    changed = "--params=train.epochs=4"
    assert "train" in done.calls(changed)
    third = done.passes()
    assert third.calls == []
    assert done.data() == results
    assert third.counts[1] > 0
    assert done.calls(changed) == []
    assert done.calls() == []


def test_row_15_switching_code_back_restores(done, results):
    done.replace_in("src/toy/models.py", "3 * value + 1", "5 * value + 1")
    assert "train" in done.calls()
    done.replace_in("src/toy/models.py", "5 * value + 1", "3 * value + 1")
    assert done.calls() == []
    assert done.data() == results


def test_row_15_a_mixture_of_parameters_seen_apart_is_restored_as_far_as_it_was_seen(done):
    done.passes("--params=train.epochs=4")
    done.passes("--params=sample.amount=3")
    calls = done.calls("--params=train.epochs=4,sample.amount=3")
    assert sorted(calls) == ["count", "publish", "report", "sample"]


def test_row_16_a_damaged_blob_is_a_miss_and_is_healed(done, results):
    damage_blobs(done)
    (done / GEN).unlink()
    assert done.calls() == ["train"]
    assert done.data() == results
    (done / GEN).unlink()
    assert done.calls() == []
    assert done.data() == results


def test_row_16_damage_is_found_by_verifying(done):
    assert done.ask("cache", "verify")["damaged"] == []
    damaged = next(done.blobs())
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes() + b" ")
    corrupt(done / GEN)
    found = done.ask("cache", "verify", exit_code=1)["damaged"]
    assert {(entry["what"], entry["path"]) for entry in found} == {
        ("blob", damaged.relative_to(done.folder).as_posix()),
        ("output", GEN),
    }


def test_row_29_a_forced_run_of_a_random_node_is_remembered_as_the_newest(toy):
    toy.passes("--pipeline=noisy")
    before = toy.read(NOISY_GEN)
    assert toy.calls("--pipeline=noisy", "--force-nodes=noisy_train") == ["noisy_train", "noisy_use"]
    assert toy.read(NOISY_GEN) != before
    assert toy.calls("--pipeline=noisy") == []
    assert toy.read("data/08_reporting/noisy_used_out.json") == toy.read(NOISY_GEN)["token"]


def test_row_29_what_follows_a_forced_node_runs_only_if_the_result_differs(done):
    assert done.calls("--force-nodes=train") == ["train"]


def test_row_29_a_forced_run_forces_all(toy):
    toy.passes("--pipeline=noisy")
    toy.passes("--pipeline=noisy", "--force")
    assert toy.calls("--pipeline=noisy") == []
