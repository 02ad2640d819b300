"""The files of ``conf/`` as sessions read them: once, guarded, and each mistake with the name of its file."""

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

_LARGEST = 10_000
"""Values in one file, aliases followed; nested aliases could ask for billions in a few lines."""

_PARAMETERS = "parameters"
_ON_THIS_MACHINE = {"file", "tar", "zip"}
_REFERENCE, _LEFT_OPEN = "${", "???"
"""What has a meaning to OmegaConf beyond YAML."""

_OmegaConfYaml: Any = get_yaml_loader()


class _FastYaml(*((yaml.cyaml.CParser,) if yaml.__with_libyaml__ else ()), _OmegaConfYaml):  # type: ignore[misc]
    """YAML as OmegaConf reads it, by the parser in C where there is one; that one has no guard against deep nesting."""

    def __init__(self, stream: io.StringIO) -> None:
        if not yaml.__with_libyaml__:
            super().__init__(stream)
            return
        yaml.cyaml.CParser.__init__(self, stream)
        yaml.constructor.SafeConstructor.__init__(self)
        yaml.resolver.Resolver.__init__(self)


class ConfigurationLoader(OmegaConfigLoader):
    """Kedro's loader; this one names the file that cannot be read, and is quick where a project has many models.

    Files, patterns, hidden files and environments mean what they mean to Kedro's. What it reads holds for as long as it
    lives, so that all of a session see the same. Parameters in which nothing refers to anything are merged as they
    are, without OmegaConf, whose objects take thirty times as long to make as the files take to read.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - whatever Kedro's own takes
        self._sections: dict[str, dict[str, Any]] = {}
        super().__init__(*arguments, **options)

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Returns a section, such as the parameters, in a copy of the caller's own.

        Raises:
            UserError: There is no such environment, or a file is no YAML, holds code, or grows beyond measure.
            KeyError: There is no such section.
            MissingConfigException: No file holds it.
        """
        if key in self.data or key not in self.config_patterns:
            return super().__getitem__(key)  # type: ignore[no-any-return]
        if key not in self._sections:
            self._sections[key] = super().__getitem__(key)
        return _copy(self._sections[key])  # type: ignore[no-any-return]

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401 - Kedro's signature
        """Sets a section; others may refer to it."""
        self._sections.clear()
        super().__setitem__(key, value)

    def check(self) -> None:
        """Reads all files and resolves nothing.

        Raises:
            UserError: As when a section is asked for.
            MissingConfigException: There is no folder of configuration.
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
        """Reads the files of one environment; Kedro's own does so too, but does not say which one it could not read."""
        if self._protocol not in _ON_THIS_MACHINE or not self._has_environment(Path(conf_path)):
            return super()._read_dir_configs(  # type: ignore[no-any-return]
                conf_path, patterns, key, processed_files, read_environment_variables
            )
        as_it_is = key == _PARAMETERS and _REFERENCE not in str(self.runtime_params)
        found = {path: self._content(path, as_it_is) for path in self._files(conf_path, patterns)}
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

    def _content(self, path: Path, as_it_is: bool) -> Any:  # noqa: ANN401 - a dictionary, or OmegaConf's
        try:
            with self._fs.open(path.as_posix()) as file:
                text = file.read().decode("utf8")
            content = _parsed(text, str(path))
            if as_it_is and isinstance(content, dict) and _REFERENCE not in text:
                return content
            config = OmegaConf.create({} if content is None else content)
        except (yaml.YAMLError, OmegaConfBaseException, ValueError, OSError, RecursionError) as error:
            raise UserError(f"{path} cannot be read: {error}") from error
        if not isinstance(config, DictConfig):
            raise UserError(f"{path} holds a list, but must hold names, each with a colon and a value.")
        return config

    def _check_duplicates(self, key: str, config_per_file: dict[Path, Any]) -> None:
        if key == _PARAMETERS:  # Kedro's own would make OmegaConf's objects of them
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


def _parsed(text: str, name: str) -> Any:  # noqa: ANN401 - what YAML may hold
    """Returns what a file holds.

    Raises:
        UserError: It holds too much.
        yaml.YAMLError: It is no YAML, or holds code.
    """
    stream = io.StringIO(text)
    stream.name = name  # for messages
    if ("&" not in text or "*" not in text) and len(text) <= _LARGEST:  # no alias: it is no larger than its text
        return _FastYaml(stream).get_single_data()
    if _expanded_size(yaml.compose(stream, yaml.SafeLoader), {}) > _LARGEST:
        raise UserError(f"{name} holds more than {_LARGEST} values, or its aliases form a circle.")
    stream.seek(0)
    return _OmegaConfYaml(stream).get_single_data()


def _expanded_size(node: yaml.Node | None, known_sizes: dict[int, float]) -> float:
    """Counts the values below a YAML node as if each alias were written out; infinite where one contains itself."""
    if id(node) not in known_sizes:
        known_sizes[id(node)] = math.inf
        below = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = (part for entry in below for part in (entry if isinstance(entry, tuple) else (entry,)))
        known_sizes[id(node)] = 1 + sum(_expanded_size(part, known_sizes) for part in parts)
    return known_sizes[id(node)]


def _container(config: Any) -> Any:  # noqa: ANN401 - a dictionary, or OmegaConf's
    return OmegaConf.to_container(config, resolve=False) if isinstance(config, DictConfig) else config


def _merged(*sections: Mapping[str, Any]) -> dict[str, Any]:
    """Merges sections, key by key, as OmegaConf does; later ones count, and none is changed or shared."""
    result: dict[str, Any] = {}
    for section in sections:
        for key, value in section.items():
            present = result.get(key)
            if isinstance(present, dict) and isinstance(value, Mapping):
                result[key] = _merged(present, value)
            elif key not in result or value != _LEFT_OPEN:
                result[key] = _copy(value)
    return result


def _copy(value: Any) -> Any:  # noqa: ANN401 - what YAML may hold
    """Copies as the values are written out, with no part shared, as aliases would have it."""
    if isinstance(value, Mapping):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
