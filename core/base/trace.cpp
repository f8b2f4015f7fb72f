#include "core/base/trace.hpp"

#include <algorithm>
#include <atomic>
#include <span>

#include "core/base/random.hpp"

namespace mv {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kLength = 55; // of version 00

thread_local const TraceContext* current = nullptr;

std::atomic<SpanSink*> sink = nullptr;
std::atomic<double> ratio = 0;

void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 0xf]);
  }
}

/// False unless `text` is exactly as many lower-case digits as fill `bytes`.
bool read_hex(std::string_view text, std::span<std::uint8_t> bytes) {
  if (text.size() != bytes.size() * 2) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = kDigits.find(text[2 * i]);
    const auto low = kDigits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool is_zero(std::span<const std::uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

template <std::size_t size>
void fill_id(std::array<std::uint8_t, size>& id) {
  do
    fill_random(std::as_writable_bytes(std::span(id)));
  while (is_zero(id));
}

bool chosen() {
  if (sink.load(std::memory_order_relaxed) == nullptr) return false;
  const double wanted = ratio.load(std::memory_order_relaxed);
  if (wanted >= 1) return true;
  constexpr double kRange = 18446744073709551616.0; // 2^64
  return wanted > 0 && static_cast<double>(random_number()) < wanted * kRange;
}

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The place of a scope: the caller's trace or a new one, and a span of its own.
TraceContext begin_trace(const std::optional<TraceContext>& caller, TraceScope::Sampling sampling) {
  TraceContext context;
  if (caller)
    context.trace = caller->trace;
  else
    fill_id(context.trace);
  fill_id(context.span);
  const bool follow = caller && sampling == TraceScope::Sampling::as_the_caller_says;
  context.sampled = follow ? caller->sampled : chosen();
  return context;
}

} // namespace

std::string TraceContext::trace_id() const {
  std::string out;
  append_hex(out, trace);
  return out;
}

std::string TraceContext::span_id() const {
  std::string out;
  append_hex(out, span);
  return out;
}

std::string TraceContext::traceparent() const {
  std::string out = "00-";
  out.reserve(kLength);
  append_hex(out, trace);
  out.push_back('-');
  append_hex(out, span);
  out.append(sampled ? "-01" : "-00");
  return out;
}

std::optional<TraceContext> parse_traceparent(std::string_view header) {
  if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  TraceContext context;
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  const bool sound = read_hex(header.substr(0, 2), version) && read_hex(header.substr(3, 32), context.trace) &&
                     read_hex(header.substr(36, 16), context.span) && read_hex(header.substr(53, 2), flags);
  if (!sound || version[0] == 0xff || is_zero(context.trace) || is_zero(context.span)) return std::nullopt;
  // A later version may add to the end, behind one more dash.
  if (header.size() > kLength && (version[0] == 0 || header[kLength] != '-')) return std::nullopt;
  context.sampled = (flags[0] & 1U) != 0;
  return context;
}

const TraceContext* current_trace() { return current; }

std::string current_traceparent() { return current == nullptr ? std::string() : current->traceparent(); }

void set_up_tracing(SpanSink* to, double share) {
  ratio = share;
  sink = to;
}

Span::Span(std::string_view name, SpanKind kind) {
  if (current == nullptr || !current->sampled || sink.load(std::memory_order_relaxed) == nullptr) return;
  TraceContext context = *current;
  fill_id(context.span);
  begin(name, kind, context);
  span_->parent = current->span;
}

Span& Span::operator=(Span&& other) noexcept {
  if (this != &other) {
    end();
    span_ = std::move(other.span_);
    began_ = other.began_;
  }
  return *this;
}

void Span::begin(std::string_view name, SpanKind kind, const TraceContext& context) {
  began_ = std::chrono::steady_clock::now();
  span_ = std::make_unique<FinishedSpan>(
      FinishedSpan{.name = std::string(name), .kind = kind, .context = context, .start_ns = wall_ns()});
}

void Span::rename(std::string_view name) {
  if (span_) span_->name = name;
}

void Span::set(std::string_view key, std::int64_t value) {
  if (span_) span_->attributes.emplace_back(key, value);
}

void Span::set(std::string_view key, std::string_view value) {
  if (span_) span_->attributes.emplace_back(key, std::string(value));
}

void Span::fail() {
  if (span_) span_->failed = true;
}

void Span::end() {
  const std::unique_ptr<FinishedSpan> finished = std::move(span_);
  if (!finished) return;
  SpanSink* const to = sink.load(std::memory_order_acquire);
  if (to == nullptr) return;
  // By the steady clock, so that a step of the wall clock gives no span a length below zero.
  const auto took = std::chrono::steady_clock::now() - began_;
  finished->end_ns = finished->start_ns + std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
  to->take(std::move(*finished));
}

std::string Span::traceparent() const { return span_ ? span_->context.traceparent() : current_traceparent(); }

TraceScope::TraceScope(std::string_view name, SpanKind kind, std::string_view caller, Sampling sampling)
    : outer_(current), log_("trace_id", [&] {
        const auto parent = parse_traceparent(caller);
        context_ = begin_trace(parent, sampling);
        if (context_.sampled && sink.load(std::memory_order_relaxed) != nullptr) {
          span_.begin(name, kind, context_);
          if (parent) span_.span_->parent = parent->span;
        }
        return context_.trace_id();
      }()) {
  current = &context_;
}

TraceScope::~TraceScope() {
  span_.end();
  current = outer_;
}

} // namespace mv
