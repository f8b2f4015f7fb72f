#include "core/adapters/telemetry/otlp_json.hpp"

#include <yyjson.h>

#include <cstdlib>
#include <memory>

#include "core/base/encoding.hpp"

namespace mv::telemetry {

namespace {

constexpr int kFailed = 2; // STATUS_CODE_ERROR

/// Builds the document; values live as long as it.
class Writer {
public:
  yyjson_mut_doc* doc = yyjson_mut_doc_new(nullptr);
  Writer() = default;
  ~Writer() { yyjson_mut_doc_free(doc); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  [[nodiscard]] yyjson_mut_val* object() { return yyjson_mut_obj(doc); }
  /// A name that came from outside may be cut in the middle of a character.
  [[nodiscard]] yyjson_mut_val* text(std::string_view value) {
    const std::string sound = repair_utf8(value);
    return yyjson_mut_strncpy(doc, sound.data(), sound.size());
  }
  void put(yyjson_mut_val* object, const char* key, yyjson_mut_val* value) {
    yyjson_mut_obj_add_val(doc, object, key, value);
  }
  void put(yyjson_mut_val* object, const char* key, std::string_view value) { put(object, key, text(value)); }
  yyjson_mut_val* array(yyjson_mut_val* object, const char* key) { return yyjson_mut_obj_add_arr(doc, object, key); }
  void attribute(yyjson_mut_val* list, std::string_view key, const char* type, std::string_view value) {
    yyjson_mut_val* const entry = yyjson_mut_arr_add_obj(doc, list);
    put(entry, "key", key);
    put(yyjson_mut_obj_add_obj(doc, entry, "value"), type, value);
  }
};

void add_span(Writer& json, yyjson_mut_val* list, const FinishedSpan& span) {
  yyjson_mut_val* const out = yyjson_mut_arr_add_obj(json.doc, list);
  json.put(out, "traceId", span.context.trace_id());
  json.put(out, "spanId", span.context.span_id());
  if (span.parent) {
    TraceContext parent;
    parent.span = *span.parent;
    json.put(out, "parentSpanId", parent.span_id());
  }
  json.put(out, "name", span.name);
  yyjson_mut_obj_add_int(json.doc, out, "kind", static_cast<int>(span.kind) + 1);
  // 64-bit numbers are text in this encoding.
  json.put(out, "startTimeUnixNano", std::to_string(span.start_ns));
  json.put(out, "endTimeUnixNano", std::to_string(span.end_ns));
  yyjson_mut_val* const attributes = json.array(out, "attributes");
  for (const auto& [key, value] : span.attributes) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
      json.attribute(attributes, key, "intValue", std::to_string(*number));
    else
      json.attribute(attributes, key, "stringValue", std::get<std::string>(value));
  }
  yyjson_mut_val* const status = yyjson_mut_obj_add_obj(json.doc, out, "status");
  if (span.failed) yyjson_mut_obj_add_int(json.doc, status, "code", kFailed);
}

} // namespace

std::string encode_spans(const Resource& resource, std::span<const FinishedSpan> spans) {
  Writer json;
  yyjson_mut_val* const root = json.object();
  yyjson_mut_doc_set_root(json.doc, root);
  yyjson_mut_val* const process = yyjson_mut_arr_add_obj(json.doc, json.array(root, "resourceSpans"));
  yyjson_mut_val* const about = json.array(yyjson_mut_obj_add_obj(json.doc, process, "resource"), "attributes");
  for (const auto& [key, value] : resource)
    json.attribute(about, key, "stringValue", value);
  yyjson_mut_val* const scope = yyjson_mut_arr_add_obj(json.doc, json.array(process, "scopeSpans"));
  json.put(yyjson_mut_obj_add_obj(json.doc, scope, "scope"), "name", "memoryverse");
  yyjson_mut_val* const list = json.array(scope, "spans");
  for (const FinishedSpan& span : spans)
    add_span(json, list, span);
  std::size_t size = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(yyjson_mut_write(json.doc, 0, &size), &std::free);
  return text ? std::string(text.get(), size) : std::string();
}

} // namespace mv::telemetry
