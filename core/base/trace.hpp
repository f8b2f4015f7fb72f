#pragma once

// Which request caused what: W3C trace context, and spans for those who collect them. A trace is begun by a request or
// a job and holds for its thread until that ends; log lines, jobs, events and outgoing calls carry it by themselves.
// Spans are made only while somebody collects them and the trace was chosen; else they cost a look at a pointer.
//
// Where finished spans go is one place for the process, as with the log and for the same reasons.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/log.hpp"

namespace mv {

/// A place in a trace.
struct TraceContext {
  std::array<std::uint8_t, 16> trace{}; ///< Never all zeros.
  std::array<std::uint8_t, 8> span{};   ///< Never all zeros.
  bool sampled = false;                 ///< Whether its spans are collected.

  [[nodiscard]] std::string trace_id() const; ///< 32 hexadecimal digits.
  [[nodiscard]] std::string span_id() const;  ///< 16 hexadecimal digits.
  /// `00-<trace>-<span>-01`, the header of W3C Trace Context.
  [[nodiscard]] std::string traceparent() const;
};

/// Strict, as the standard asks: lower-case digits of the exact lengths, no zero ids, no version ff; nothing else may
/// follow in version 00. Anything else is nullopt.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view header);

/// The trace of this thread's request or job; null outside of one.
[[nodiscard]] const TraceContext* current_trace();
/// Its header, or "" outside of one: what rows and messages keep.
[[nodiscard]] std::string current_traceparent();

enum class SpanKind { internal, server, client, producer, consumer }; // as OpenTelemetry numbers them, from 1

/// Ids, routes, names of queries and sizes; never a parameter, a text or an address of a person.
using SpanAttribute = std::pair<std::string_view, std::variant<std::int64_t, std::string>>;

struct FinishedSpan {
  std::string name;
  SpanKind kind = SpanKind::internal;
  TraceContext context{};
  std::optional<std::array<std::uint8_t, 8>> parent{};
  std::int64_t start_ns = 0; ///< Since the Unix epoch.
  std::int64_t end_ns = 0;
  bool failed = false;
  std::vector<SpanAttribute> attributes{};
};

/// Takes spans from every thread. Must return at once, and not throw.
class SpanSink {
public:
  virtual ~SpanSink() = default;
  virtual void take(FinishedSpan span) noexcept = 0;
};

/// For `main` and tests, while no request or job runs. `ratio` of the traces that begin here is chosen, from 0 to 1.
/// Null turns collecting off. The sink must live until it is set back to null.
void set_up_tracing(SpanSink* sink, double ratio);

/// Something that takes time, from the constructor to `end` or the destructor, as a child of the thread's trace. Used
/// by one thread at a time.
class Span {
public:
  Span() = default; ///< Of nothing.
  Span(std::string_view name, SpanKind kind);
  Span(Span&& other) noexcept = default;
  Span& operator=(Span&& other) noexcept;
  ~Span() { end(); }

  [[nodiscard]] bool recording() const { return span_ != nullptr; }
  void rename(std::string_view name);
  void set(std::string_view key, std::int64_t value);
  void set(std::string_view key, std::string_view value);
  void fail();
  void end();
  /// For the header of the call that the span is; the thread's own trace where it is not recorded, "" outside of one.
  [[nodiscard]] std::string traceparent() const;

private:
  friend class TraceScope;
  void begin(std::string_view name, SpanKind kind, const TraceContext& context);

  std::unique_ptr<FinishedSpan> span_;
  std::chrono::steady_clock::time_point began_{};
};

/// Holds the trace of a request or a job, and puts `trace_id` on its log lines. Scopes nest.
class TraceScope {
public:
  enum class Sampling {
    as_the_caller_says, ///< From a process of ours or a proxy that we trust.
    by_ratio,           ///< From outside: the trace goes on, but nobody there can make us collect it.
  };
  /// `caller` is a traceparent; one that is none, "" included, begins a new trace.
  TraceScope(std::string_view name, SpanKind kind, std::string_view caller, Sampling sampling);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

  [[nodiscard]] const TraceContext& context() const { return context_; }
  /// The request's or job's own; ends with the scope.
  [[nodiscard]] Span& span() { return span_; }

private:
  TraceContext context_;
  Span span_;
  const TraceContext* outer_;
  LogContext log_;
};

} // namespace mv
