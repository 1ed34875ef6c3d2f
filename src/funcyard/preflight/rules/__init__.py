"""The rules, in the order of cause and effect: what stands first may cause what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight import suppression
from funcyard.preflight.rules import (
    app_does_not_load,
    az_answers_nothing,
    clock_skew,
    cpu_memory_pair_not_allowed,
    deployed_functions_differ,
    deployed_host_not_running,
    deployed_key_refused,
    deployed_unreachable,
    disk_space_low,
    functions_expected,
    import_takes_long,
    inodes_low,
    log_tells_cause,
    maximum_below_minimum,
    merge_conflict_marker,
    min_replicas_zero_with_non_http_trigger,
    module_not_in_package,
    not_installed_here,
    profile_not_declared,
    replica_larger_than_node,
    requirement_missing,
    requirement_transitive,
    requirement_unpinned,
    tool_too_old,
    workload_profile_too_small,
)

if TYPE_CHECKING:
    from funcyard.preflight.rule import Rule

RULES: tuple[Rule, ...] = (
    # workstation
    disk_space_low.RULE,
    inodes_low.RULE,
    clock_skew.RULE,
    tool_too_old.RULE,
    az_answers_nothing.RULE,
    # source
    suppression.RULE,
    merge_conflict_marker.RULE,
    # package
    requirement_missing.RULE,
    module_not_in_package.RULE,
    not_installed_here.RULE,
    import_takes_long.RULE,
    requirement_transitive.RULE,
    requirement_unpinned.RULE,
    # discovery
    app_does_not_load.RULE,
    functions_expected.RULE,
    # capacity
    maximum_below_minimum.RULE,
    profile_not_declared.RULE,
    cpu_memory_pair_not_allowed.RULE,
    replica_larger_than_node.RULE,
    workload_profile_too_small.RULE,
    min_replicas_zero_with_non_http_trigger.RULE,
    # deployed
    log_tells_cause.RULE,
    deployed_unreachable.RULE,
    deployed_key_refused.RULE,
    deployed_host_not_running.RULE,
    deployed_functions_differ.RULE,
)
