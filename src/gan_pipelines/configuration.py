"""Loading of the files in ``conf/``: each once, within size limits, and with the file name in every error."""

import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from kedro.config import OmegaConfigLoader
from omegaconf import DictConfig, OmegaConf
from omegaconf._utils import get_yaml_loader
from omegaconf.errors import OmegaConfBaseException

from gan_pipelines.errors import UserError

_MAXIMUM_VALUES = 10_000
"""Maximum number of values in a file, with aliases expanded; nested aliases could expand to billions."""

_PARAMETERS = "parameters"
_LOCAL_PROTOCOLS = {"file", "tar", "zip"}
_INTERPOLATION, _MISSING = "${", "???"
"""OmegaConf's syntax for an interpolation and for a missing value."""

_OmegaConfYaml: Any = get_yaml_loader()


class _FastYaml(*((yaml.cyaml.CParser,) if yaml.__with_libyaml__ else ()), _OmegaConfYaml):  # type: ignore[misc]
    """OmegaConf's YAML loader with the C parser if available; the C parser does not limit nesting."""

    def __init__(self, stream: io.StringIO) -> None:
        if not yaml.__with_libyaml__:
            super().__init__(stream)
            return
        yaml.cyaml.CParser.__init__(self, stream)
        yaml.constructor.SafeConstructor.__init__(self)
        yaml.resolver.Resolver.__init__(self)


class ConfigurationLoader(OmegaConfigLoader):
    """Kedro's loader with file names in errors, and faster for projects with many models.

    Files, patterns, hidden files and environments are treated as by Kedro's loader. Sections are cached, so that the
    configuration is constant during a session. Parameters without interpolations are merged as plain dictionaries:
    creating OmegaConf objects takes 30 times as long as reading the files.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - Kedro's signature
        self._sections: dict[str, dict[str, Any]] = {}
        super().__init__(*arguments, **options)

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Returns a copy of a section, such as the parameters.

        Raises:
            UserError: If the environment does not exist, or a file is not YAML, contains code or has too many values.
            KeyError: If the section is not defined.
            MissingConfigException: If no file matches the section.
        """
        if key in self.data or key not in self.config_patterns:
            return super().__getitem__(key)  # type: ignore[no-any-return]
        if key not in self._sections:
            self._sections[key] = super().__getitem__(key)
        return _copy(self._sections[key])  # type: ignore[no-any-return]

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401 - Kedro's signature
        """Sets a section and clears the cache, since other sections may interpolate it."""
        self._sections.clear()
        super().__setitem__(key, value)

    def check(self) -> None:
        """Reads all files without resolving interpolations.

        Raises:
            UserError: See `__getitem__`.
            MissingConfigException: If the configuration folder does not exist.
        """
        for key in self.config_patterns:
            self._read_raw_config(key)

    def _read_dir_configs(
        self,
        conf_path: str,
        patterns: Iterable[str],
        key: str,
        processed_files: set[Path],
        read_environment_variables: bool | None = False,
    ) -> dict[Path, Any]:
        """Reads the files of one environment; unlike Kedro's method, errors name the file."""
        if self._protocol not in _LOCAL_PROTOCOLS or not self._has_environment(Path(conf_path)):
            return super()._read_dir_configs(  # type: ignore[no-any-return]
                conf_path, patterns, key, processed_files, read_environment_variables
            )
        is_plain_allowed = key == _PARAMETERS and _INTERPOLATION not in str(self.runtime_params)
        found = {path: self._read_file(path, is_plain_allowed) for path in self._files(conf_path, patterns)}
        processed_files.update(found)
        if read_environment_variables:
            for config in found.values():
                self._resolve_environment_variables(config)
        self._check_duplicates(key, found)
        return found

    def _has_environment(self, folder: Path) -> bool:
        if self._fs.isdir(folder.as_posix()):
            return True
        source = folder.parent.as_posix()
        siblings = (Path(each) for each in (self._fs.ls(source, detail=False) if self._fs.isdir(source) else ()))
        known = sorted(each.name for each in siblings if self._fs.isdir(each.as_posix()) and each.name[0] != ".")
        if known:
            raise UserError(f"There is no environment `{folder.name}` in {source}; allowed: {', '.join(known)}.")
        return False

    def _files(self, conf_path: str, patterns: Iterable[str]) -> list[Path]:
        matching = {name for pattern in patterns for name in self._fs.glob(f"{Path(conf_path).as_posix()}/{pattern}")}
        seen = (Path(name) for name in matching if not (self.ignore_hidden and self._is_hidden(name)))
        return sorted(path for path in seen if self._is_valid_config_path(path))

    def _read_file(self, path: Path, is_plain_allowed: bool) -> Any:  # noqa: ANN401 - dict or DictConfig
        try:
            with self._fs.open(path.as_posix()) as file:
                text = file.read().decode("utf8")
            content = _parse(text, str(path))
            if is_plain_allowed and isinstance(content, dict) and _INTERPOLATION not in text:
                return content
            config = OmegaConf.create({} if content is None else content)
        except (yaml.YAMLError, OmegaConfBaseException, ValueError, OSError, RecursionError) as error:
            raise UserError(f"{path} cannot be read: {error}") from error
        if not isinstance(config, DictConfig):
            raise UserError(f"{path} contains a list; a mapping (`key: value`) is required.")
        return config

    def _check_duplicates(self, key: str, config_per_file: dict[Path, Any]) -> None:
        if key == _PARAMETERS:  # Kedro's method would create OmegaConf objects
            containers = {path: _container(config) for path, config in config_per_file.items()}
            config_per_file = {path: dict.fromkeys(self._get_all_keys(each)) for path, each in containers.items()}
            key = ""
        super()._check_duplicates(key, config_per_file)

    def _merge_and_resolve(self, key: str, config_per_file: dict[Path, Any]) -> dict[str, Any]:
        configs = list(config_per_file.values())
        if not configs or any(isinstance(config, DictConfig) for config in configs):
            return super()._merge_and_resolve(key, config_per_file)  # type: ignore[no-any-return]
        return _merged(*configs, self.runtime_params)

    @staticmethod
    def _soft_merge(config: dict[str, Any], env_config: dict[str, Any], env_path: str | None = None) -> dict[str, Any]:  # noqa: ARG004 - Kedro's signature
        return _merged(config, env_config)


def _parse(text: str, name: str) -> Any:  # noqa: ANN401 - any YAML value
    """Parses the text of a YAML file.

    Raises:
        UserError: If it has too many values, or its aliases form a cycle.
        yaml.YAMLError: If it is not YAML or contains code.
    """
    stream = io.StringIO(text)
    stream.name = name  # for messages
    # Without aliases, there are no more values than characters.
    if ("&" not in text or "*" not in text) and len(text) <= _MAXIMUM_VALUES:
        return _FastYaml(stream).get_single_data()
    if _expanded_size(yaml.compose(stream, yaml.SafeLoader), {}) > _MAXIMUM_VALUES:
        raise UserError(f"{name} has more than {_MAXIMUM_VALUES} values, or its aliases form a cycle.")
    stream.seek(0)
    return _OmegaConfYaml(stream).get_single_data()


def _expanded_size(node: yaml.Node | None, known_sizes: dict[int, float]) -> float:
    """Returns the number of values of a YAML node with aliases expanded; infinite for a cycle."""
    if id(node) not in known_sizes:
        known_sizes[id(node)] = math.inf
        entries = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = (part for entry in entries for part in (entry if isinstance(entry, tuple) else (entry,)))
        known_sizes[id(node)] = 1 + sum(_expanded_size(part, known_sizes) for part in parts)
    return known_sizes[id(node)]


def _container(config: Any) -> Any:  # noqa: ANN401 - dict or DictConfig
    return OmegaConf.to_container(config, resolve=False) if isinstance(config, DictConfig) else config


def _merged(*sections: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a deep merge of sections, as OmegaConf does; later sections override, and the result is a copy."""
    result: dict[str, Any] = {}
    for section in sections:
        for key, value in section.items():
            present = result.get(key)
            if isinstance(present, dict) and isinstance(value, Mapping):
                result[key] = _merged(present, value)
            elif key not in result or value != _MISSING:
                result[key] = _copy(value)
    return result


def _copy(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    """Returns a deep copy with aliases expanded: unlike `copy.deepcopy`, no object occurs twice."""
    if isinstance(value, Mapping):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
