"""The phrases that headlines are composed of, as data: rules in plain text, one room of the newspaper each.

A rule is ``name: alternative | alternative``, the likelier first; it may go on over lines that name no rule.
``{name}`` in an alternative stands for a draw from that rule, of the section itself or else of ``shared``.
"""
