// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The fields of a schedule, and the names that people know them by.
enum ScheduleField: String, CaseIterable {
    case task, command, args, kwargs, labels, env, cwd
    case cron, every, at, timezone, dst
    case queue, priority, timeout
    case paused
    case description, note, owner, tags

    /// The fields that `defaults` can set for all schedules of a file.
    static let ofDefaults: Set<ScheduleField> = [.timezone, .dst, .labels, .queue, .priority, .timeout, .owner]

    /// What a name in a file means.
    enum Meaning: Equatable {
        case field(ScheduleField)
        /// The name that another system has for a field; `enabled` means the opposite of its field.
        case alias(ScheduleField, isOpposite: Bool)
        /// A field that a later version will know.
        case later
        case unknown(nearest: ScheduleField?)
    }

    static func meaning(of name: String) -> Meaning {
        if let field = ScheduleField(rawValue: name) { return .field(field) }
        if let field = aliases[name] { return .alias(field, isOpposite: name == "enabled") }
        if later.contains(name) { return .later }
        return .unknown(nearest: nearest(to: name))
    }

    private static let aliases: [String: ScheduleField] = [
        "task_name": .task, "class": .task, "job": .task, "run": .task,
        "schedule": .cron, "pattern": .cron,
        "interval": .every,
        "time": .at, "run_at": .at,
        "tz": .timezone, "time_zone": .timezone, "timeZone": .timezone, "cron_offset": .timezone,
        "CRON_TZ": .timezone,
        "environment": .env,
        "enabled": .paused, "suspend": .paused, "disabled": .paused,
    ]

    /// Refused rather than ignored: a schedule that runs without the `overlap` its owner wrote is worse than one that
    /// says it cannot run.
    private static let later: Set<String> = [
        "http",
        "day_match", "day_or", "skip_on", "only_on", "if_skipped", "exclude", "holidays",
        "start", "end", "max_runs", "nth", "starts_at", "expires_at", "limit",
        "jitter", "spread", "splay", "random_delay",
        "overlap", "max_parallel", "concurrency", "concurrencyPolicy", "no-overlap", "prohibit_overlap",
        "catch_up", "catch_up_window", "catch_up_max", "misfire", "catchup", "Persistent", "coalesce",
        "start_deadline", "startingDeadlineSeconds", "misfire_grace_time", "expires",
        "retries", "retry_delay", "kill_after", "max_attempts", "backoff",
        "secrets", "run_as", "user", "shell", "limits",
        "then", "on_success", "on_failure", "depends_on", "notify", "max_lateness", "alert_if_missing_after",
        "pause_until", "delete_after", "renamed_from",
        "runbook", "keep_runs", "keep_results", "expect",
    ]

    private static func nearest(to name: String) -> ScheduleField? {
        let fields = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
        let names = fields.merging(aliases) { field, _ in field }
        return NameSuggestion.nearest(to: name, among: names.keys.sorted()).flatMap { names[$0] }
    }
}
