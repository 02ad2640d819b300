"""What Kedro's names of datasets tell."""


def slots(names: str | list[str] | dict[str, str] | None) -> dict[str, str]:
    """Returns the datasets of a node's inputs or outputs by their place: a number, or an argument's name."""
    if isinstance(names, dict):
        return dict(names)
    return {str(index): name for index, name in enumerate([names] if isinstance(names, str) else names or [])}


def is_parameter(name: str) -> bool:
    """Whether an input is one of Kedro's parameters."""
    return name == "parameters" or name.startswith("params:")


def stripped(name: str) -> str:
    """Returns a dataset's name without the format of a transcoded one."""
    return name.partition("@")[0]


def prefixed(prefix: str, names: str | list[str] | dict[str, str] | None) -> dict[str, str]:
    """Returns the same by place, with a word before each."""
    return {f"{prefix} {slot}": name for slot, name in slots(names).items()}
