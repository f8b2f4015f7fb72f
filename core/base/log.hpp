#pragma once

// Log lines: text for people, JSON for machines. A line has a time, a level, a short message that is always the same
// for the same happening, and what differs as fields: `log_info("media ready", {{"id", id}, {"ms", took}})`.
// Never log bodies of messages, tokens or passwords; wrap what is secret in `Secret`, which prints as `***`.
//
// The sink is one for the process, unlike all else of ours: every function may have something to report, a log has no
// effect that another part could depend on, and a reference through every constructor would say nothing.

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace mv {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

/// A value that no log, message or stream may show. `reveal` is for the one place that needs it.
class Secret {
public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  friend std::ostream& operator<<(std::ostream& out, const Secret& /*secret*/) { return out << "***"; }

private:
  std::string value_;
};

/// What a field can hold. An `Error` becomes `key: cause`.
class LogValue {
public:
  LogValue(const char* text) : value_(std::string(text)) {}
  LogValue(std::string_view text) : value_(std::string(text)) {}
  LogValue(const std::string& text) : value_(text) {}
  LogValue(bool yes) : value_(yes) {}
  LogValue(const Secret& /*secret*/) : value_(std::string("***")) {}
  LogValue(const Error& error) : value_(error.cause.empty() ? error.key : error.key + ": " + error.cause) {}
  LogValue(std::integral auto number) : value_(static_cast<std::int64_t>(number)) {}
  LogValue(std::floating_point auto number) : value_(static_cast<double>(number)) {}

  [[nodiscard]] const std::variant<std::int64_t, double, bool, std::string>& get() const { return value_; }

private:
  std::variant<std::int64_t, double, bool, std::string> value_;
};

struct LogField {
  std::string_view key; ///< `snake_case`.
  LogValue value;
};

using LogFields = std::initializer_list<LogField>;

/// Puts a field, such as the request id, on each line of this thread until the scope ends. Scopes nest; the key must
/// be a literal.
class LogContext {
public:
  LogContext(std::string_view key, std::string value);
  ~LogContext();
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;

  /// The innermost value of `key` on this thread.
  [[nodiscard]] static std::optional<std::string> find(std::string_view key);
  /// Calls `visit` for each field of this thread, outermost first.
  static void each(const std::function<void(std::string_view key, const std::string& value)>& visit);

private:
  std::string_view key_;
  std::string value_;
  const LogContext* outer_;
};

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
};

/// Takes a whole line that ends in a line feed. Called by one thread at a time.
using LogSink = std::function<void(std::string_view line)>;

/// Writes to standard error, a line with one call, so that lines of two processes do not mix.
[[nodiscard]] LogSink standard_error_sink();

/// For `main`, before other threads start, and for tests. Until then text of level `info` goes to standard error.
void set_up_log(LogOptions options, LogSink sink = standard_error_sink());

void log_debug(std::string_view message, LogFields fields = {});
void log_info(std::string_view message, LogFields fields = {});
void log_warning(std::string_view message, LogFields fields = {});
void log_error(std::string_view message, LogFields fields = {});

/// The line itself, for tests and for sinks of other kinds. Control characters are escaped, so that nothing that came
/// from outside can begin a line of its own; values over 4,096 bytes are cut.
[[nodiscard]] std::string format_log_line(LogFormat format, TimeMs at, LogLevel level, std::string_view message,
                                          LogFields fields);

/// `debug`, `info`, `warning` or `error`.
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view name);

} // namespace mv
