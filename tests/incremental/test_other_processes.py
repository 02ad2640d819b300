"""Files that other processes read for a node: rows 9 and 10 of the redesign."""

import pytest

from tests.incremental.situations import check_edit, one_becomes_two, put, situate

pytestmark = pytest.mark.exhaustive

WORDS = {"conf/words.txt": "one"}
READ = "from pathlib import Path\n\n\ndef read(path):\n    return Path(path).read_text()\n\n\n"
SEND = "def send(path, end):\n    end.send(read(path))\n\n\n"
WORKERS = {
    "ProcessPoolExecutor": (
        "from concurrent.futures import ProcessPoolExecutor\n\n\ndef words(path):\n"
        "    with ProcessPoolExecutor(1) as pool:\n        return list(pool.map(read, [path]))"
    ),
    "ThreadPoolExecutor": (
        "from concurrent.futures import ThreadPoolExecutor\n\n\ndef words(path):\n"
        "    with ThreadPoolExecutor(1) as pool:\n        return list(pool.map(read, [path]))"
    ),
    "Pool": (
        "from multiprocessing import Pool\n\n\ndef words(path):\n"
        "    with Pool(1) as pool:\n        return pool.map(read, [path])"
    ),
    "Process": (
        f"from multiprocessing import Pipe, Process\n\n\n{SEND}def words(path):\n    here, there = Pipe()\n"
        "    process = Process(target=send, args=(path, there))\n    process.start()\n    found = here.recv()\n"
        "    process.join()\n    return found"
    ),
    "spawn": (
        "from multiprocessing import get_context\n\n\ndef words(path):\n"
        "    with get_context('spawn').Pool(1) as pool:\n        return pool.map(read, [path])"
    ),
    "ProcessPoolExecutor by spawn": (
        "from concurrent.futures import ProcessPoolExecutor\nfrom multiprocessing import get_context\n\n\n"
        "def words(path):\n    with ProcessPoolExecutor(1, mp_context=get_context('spawn')) as pool:\n"
        "        return list(pool.map(read, [path]))"
    ),
    "forkserver": (
        "from multiprocessing import get_context\n\n\ndef words(path):\n"
        "    with get_context('forkserver').Pool(1) as pool:\n        return pool.map(read, [path])"
    ),
    "os.fork": (
        "import os\n\n\ndef words(path):\n    here, there = os.pipe()\n    child = os.fork()\n    if not child:\n"
        "        os.write(there, read(path).encode())\n        os._exit(0)\n    os.waitpid(child, 0)\n"
        "    return os.read(here, 99).decode()"
    ),
    "joblib": (
        "from joblib import Parallel, delayed\n\n\ndef words(path):\n"
        "    return Parallel(n_jobs=2)(delayed(read)(path) for _ in range(2))"
    ),
}
UNSEEN = {"spawn", "ProcessPoolExecutor by spawn", "forkserver", "joblib"}
"""Begun as no copy of the process: what they read is unseen, so that the node runs every time."""

NODE = "\n\n\ndef x():\n    note('x')\n    return words('conf/words.txt')"


@pytest.mark.parametrize("case", WORKERS)
def test_a_file_that_a_worker_process_reads_counts(toy, case):
    situate(toy, READ + WORKERS[case] + NODE, files=WORDS)
    check_edit(toy, one_becomes_two(toy, "conf/words.txt"), settles=case not in UNSEEN)


def test_code_that_only_a_worker_process_imports_counts(toy):
    code = READ.replace("return Path", "from toy.steps import shout\n\n    return shout() + Path")
    situate(toy, code + WORKERS["Pool"] + NODE, files={**WORDS, "src/toy/steps.py": "def shout():\n    return 'one'\n"})
    check_edit(toy, one_becomes_two(toy, "src/toy/steps.py"))


@pytest.mark.parametrize("edited", ["a", "b"])
def test_a_file_counts_for_the_node_whose_call_made_a_shared_worker_read_it(toy, edited):
    code = (
        f"import signal\nfrom concurrent.futures import ProcessPoolExecutor\n{READ}"
        "POOL = ProcessPoolExecutor(1, initializer=signal.alarm, initargs=(9,))\n\n\n"  # no run ends the worker
        "def a():\n    note('a')\n    return POOL.submit(read, 'conf/a.txt').result()\n\n\n"
        "def b():\n    note('b')\n    return POOL.submit(read, 'conf/b.txt').result()"
    )
    wiring = 'node(extra.a, None, "a_out", name="a"), node(extra.b, None, "b_out", name="b")'
    situate(toy, code, wiring, {"conf/a.txt": "one", "conf/b.txt": "one"})
    result = check_edit(toy, one_becomes_two(toy, f"conf/{edited}.txt"))
    assert edited in result.calls


SCRIPT = "#!/bin/sh\necho one\n"
LAST = "#!/bin/sh\nfor last; do :; done\ncat ${last#--config=}\n"
COMMANDS = {
    "a script": ("scripts/run.sh", "subprocess.run(['sh', 'scripts/run.sh'], capture_output=True, text=True).stdout"),
    "a script as a path": (
        "scripts/run.sh",
        "subprocess.check_output(['sh', Path('scripts') / 'run.sh'], text=True)",
    ),
    "an executable": ("scripts/run.sh", "subprocess.check_output('scripts/run.sh', text=True)"),
    "an absolute path": ("scripts/run.sh", "subprocess.check_output([Path('scripts/run.sh').resolve()], text=True)"),
    "Popen": (
        "scripts/run.sh",
        "subprocess.Popen(['sh', 'scripts/run.sh'], stdout=subprocess.PIPE, text=True).communicate()[0]",
    ),
    "a shell": ("scripts/run.sh", "subprocess.check_output('sh scripts/run.sh', shell=True, text=True)"),
    "a shell's pipe": (
        "conf/words.txt",
        "subprocess.check_output('cat conf/words.txt | tr a-z A-Z', shell=True, text=True)",
    ),
    "a shell's redirection": (
        "conf/words.txt",
        "subprocess.check_output('cat <conf/words.txt', shell=True, text=True)",
    ),
    "a shell of one's own": (
        "conf/words.txt",
        "subprocess.check_output(['sh', '-c', 'cat conf/words.txt'], text=True)",
    ),
    "a quoted name": (
        "conf/my words.txt",
        "subprocess.check_output(\"cat 'conf/my words.txt'\", shell=True, text=True)",
    ),
    "an option": (
        "conf/words.txt",
        "subprocess.check_output(['sh', 'scripts/last.sh', '--config=conf/words.txt'], text=True)",
    ),
    "an option and its value": (
        "conf/words.txt",
        "subprocess.check_output(['sh', 'scripts/last.sh', '--config', 'conf/words.txt'], text=True)",
    ),
    "another folder": ("scripts/run.sh", "subprocess.check_output(['sh', 'run.sh'], cwd='scripts', text=True)"),
    "a folder's files": ("conf/words/a.txt", "subprocess.check_output(['grep', '-rh', '', 'conf/words'], text=True)"),
    "Python": ("scripts/run.py", "subprocess.check_output([sys.executable, 'scripts/run.py'], text=True)"),
    "a module of the project": (
        "src/toy/tool.py",
        "subprocess.check_output([sys.executable, '-m', 'toy.tool'], env=SOURCES, text=True)",
    ),
    "os.system": ("conf/words.txt", "os.system('grep -q one conf/words.txt')"),
    "os.popen": ("scripts/run.sh", "os.popen('sh scripts/run.sh').read()"),
    "os.spawn": ("conf/words.txt", "os.spawnlp(os.P_WAIT, 'grep', 'grep', '-q', 'one', 'conf/words.txt')"),
    "posix_spawn": (
        "conf/words.txt",
        "os.waitpid(os.posix_spawnp('grep', ['grep', '-q', 'one', 'conf/words.txt'], os.environ), 0)[1]",
    ),
    "asyncio": (
        "scripts/run.sh",
        "asyncio.run(collect())",
    ),
}
COLLECT = (
    "import asyncio\nimport os\nimport subprocess\nimport sys\nfrom pathlib import Path\n\n"
    "SOURCES = {'PYTHONPATH': 'src', 'PYTHONDONTWRITEBYTECODE': '1'}\n\n\n"
    "async def collect():\n"
    "    process = await asyncio.create_subprocess_exec('sh', 'scripts/run.sh', stdout=asyncio.subprocess.PIPE)\n"
    "    return (await process.communicate())[0].decode()\n\n\n"
)
CONTENTS = {".sh": SCRIPT, ".txt": "one\n", ".py": "print('one')\n"}


@pytest.mark.parametrize("case", COMMANDS)
def test_a_file_that_is_named_to_a_command_counts(toy, case):
    path, command = COMMANDS[case]
    code = f"{COLLECT}def x():\n    note('x')\n    return {command}"
    situate(toy, code, files={path: CONTENTS[path[path.rindex(".") :]], "scripts/last.sh": LAST})
    (toy / path).chmod(0o755)
    check_edit(toy, one_becomes_two(toy, path))


def test_a_file_that_a_command_writes_is_no_reason_to_run_again(toy):
    code = (
        "import subprocess\nfrom pathlib import Path\n\n\ndef x():\n    note('x')\n"
        "    subprocess.run(['cp', 'conf/words.txt', 'data/copied.txt'], check=True)\n"
        "    return Path('data/copied.txt').read_text()"
    )
    situate(toy, code, files=WORDS)
    check_edit(toy, one_becomes_two(toy, "conf/words.txt"))


def test_a_script_that_a_command_of_a_worker_process_is_given_counts(toy):
    shouting = (
        "def read(path):\n    import subprocess\n\n    return subprocess.check_output(['sh', path], text=True)\n\n\n"
    )
    node = NODE.replace("conf/words.txt", "scripts/run.sh")
    situate(toy, shouting + WORKERS["Pool"] + node)
    put(toy / "scripts/run.sh", SCRIPT)
    check_edit(toy, one_becomes_two(toy, "scripts/run.sh"))
