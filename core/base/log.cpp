#include "core/base/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <mutex>

#include "core/base/encoding.hpp"
#include "core/base/iso_time.hpp"

namespace mv {

namespace {

constexpr std::size_t kLongestValue = 4096;
constexpr std::string_view kHexDigits = "0123456789abcdef";

thread_local const LogContext* innermost = nullptr;

struct State {
  std::atomic<LogLevel> level = LogLevel::info;
  std::atomic<LogFormat> format = LogFormat::text;
  std::mutex mutex; // guards sink, and keeps lines whole
  LogSink sink = standard_error_sink();
};

State& state() {
  // Never destroyed: threads that end after main may still have something to say.
  static auto* const kept = new State;
  return *kept;
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

void append_escaped(std::string& line, std::string_view text) {
  const bool cut = text.size() > kLongestValue;
  const std::string sound = repair_utf8(text.substr(0, kLongestValue));
  for (const char c : sound) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line.push_back('\\');
      line.push_back(c);
    } else if (c == '\n') {
      line.append("\\n");
    } else if (c == '\r') {
      line.append("\\r");
    } else if (c == '\t') {
      line.append("\\t");
    } else if (byte < 0x20 || byte == 0x7f) {
      line.append("\\u00");
      line.push_back(kHexDigits[byte >> 4]);
      line.push_back(kHexDigits[byte & 0xf]);
    } else {
      line.push_back(c);
    }
  }
  if (cut) line.append("…");
}

void append_quoted(std::string& line, std::string_view text) {
  line.push_back('"');
  append_escaped(line, text);
  line.push_back('"');
}

template <typename Number>
void append_number(std::string& line, Number number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  line.append(digits.data(), end);
}

// A text needs no quotes where nothing in it could be taken for the line's own signs.
bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= kLongestValue &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '='; });
}

void append_value(std::string& line, LogFormat format, const LogValue& value) {
  std::visit(
      [&](const auto& held) {
        using Held = std::remove_cvref_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          if (format == LogFormat::text && is_plain(held)) {
            line.append(held);
          } else {
            append_quoted(line, held);
          }
        } else if constexpr (std::is_same_v<Held, bool>) {
          line.append(held ? "true" : "false");
        } else if constexpr (std::is_same_v<Held, double>) {
          if (std::isfinite(held)) {
            append_number(line, held);
          } else {
            line.append("null"); // JSON has no infinity
          }
        } else {
          append_number(line, held);
        }
      },
      value.get());
}

void append_field(std::string& line, LogFormat format, std::string_view key, const LogValue& value) {
  if (format == LogFormat::json) {
    line.push_back(',');
    append_quoted(line, key);
    line.push_back(':');
  } else {
    line.push_back(' ');
    line.append(key);
    line.push_back('=');
  }
  append_value(line, format, value);
}

void log_line(LogLevel level, std::string_view message, LogFields fields) {
  State& log = state();
  if (level < log.level.load(std::memory_order_relaxed)) return;
  const std::string line =
      format_log_line(log.format.load(std::memory_order_relaxed), SystemClock().now(), level, message, fields);
  const std::scoped_lock lock(log.mutex);
  log.sink(line);
}

} // namespace

LogContext::LogContext(std::string_view key, std::string value)
    : key_(key), value_(std::move(value)), outer_(innermost) {
  innermost = this;
}

LogContext::~LogContext() { innermost = outer_; }

std::optional<std::string> LogContext::find(std::string_view key) {
  for (const LogContext* scope = innermost; scope != nullptr; scope = scope->outer_) {
    if (scope->key_ == key) return scope->value_;
  }
  return std::nullopt;
}

void LogContext::each(const std::function<void(std::string_view, const std::string&)>& visit) {
  const auto from_outermost = [&visit](const auto& self, const LogContext* scope) -> void {
    if (scope == nullptr) return;
    self(self, scope->outer_);
    visit(scope->key_, scope->value_);
  };
  from_outermost(from_outermost, innermost);
}

LogSink standard_error_sink() {
  return [](std::string_view line) {
    while (!line.empty()) {
      const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return; // nobody reads the log: that must not stop the work
      line.remove_prefix(static_cast<std::size_t>(written));
    }
  };
}

void set_up_log(LogOptions options, LogSink sink) {
  State& log = state();
  const std::scoped_lock lock(log.mutex);
  log.level = options.level;
  log.format = options.format;
  log.sink = std::move(sink);
}

void log_debug(std::string_view message, LogFields fields) { log_line(LogLevel::debug, message, fields); }
void log_info(std::string_view message, LogFields fields) { log_line(LogLevel::info, message, fields); }
void log_warning(std::string_view message, LogFields fields) { log_line(LogLevel::warning, message, fields); }
void log_error(std::string_view message, LogFields fields) { log_line(LogLevel::error, message, fields); }

std::string format_log_line(LogFormat format, TimeMs at, LogLevel level, std::string_view message, LogFields fields) {
  std::string line;
  line.reserve(160);
  if (format == LogFormat::json) {
    line.append(R"({"at":")").append(iso_utc(at)).append(R"(","level":")").append(level_name(level));
    line.append(R"(","message":)");
    append_quoted(line, message);
  } else {
    constexpr std::size_t kLevelWidth = 7;
    const std::string_view name = level_name(level);
    line.append(iso_utc(at)).append(" ").append(name).append(kLevelWidth - name.size() + 1, ' ');
    append_escaped(line, message);
  }
  LogContext::each([&](std::string_view key, const std::string& value) { append_field(line, format, key, value); });
  for (const LogField& field : fields)
    append_field(line, format, field.key, field.value);
  line.append(format == LogFormat::json ? "}\n" : "\n");
  return line;
}

std::optional<LogLevel> parse_log_level(std::string_view name) {
  for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    if (level_name(level) == name) return level;
  }
  return std::nullopt;
}

} // namespace mv
