#include "core/base/trace.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>

namespace mv {
namespace {

constexpr std::string_view kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
using Sampling = TraceScope::Sampling;

class Kept final : public SpanSink {
public:
  void take(FinishedSpan span) noexcept override {
    const std::scoped_lock lock(mutex_);
    spans.push_back(std::move(span));
  }
  std::vector<FinishedSpan> spans;

private:
  std::mutex mutex_;
};

class TraceTest : public testing::Test {
protected:
  ~TraceTest() override { set_up_tracing(nullptr, 0); }
  Kept kept_;
};

TEST_F(TraceTest, ReadsAndWritesTheHeader) {
  const auto context = parse_traceparent(kParent);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->span_id(), "b7ad6b7169203331");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(context->traceparent(), kParent);
  EXPECT_FALSE(parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02")->sampled);
  // What a later version adds is not read, and no mistake.
  EXPECT_TRUE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-will-be"));
}

TEST_F(TraceTest, TakesNothingElseForOne) {
  for (const std::string bad : {
           "",
           "00",
           "hello",
           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",       // upper case
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",       // no trace
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",       // no span
           "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",       // no such version
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra", // not in this version
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",        // cut
           "00-0af7651916cd43dd8448eb211c80319-b7ad6b71692033310-01",       // dashes elsewhere
           "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
           "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333'-01",
       })
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
}

TEST_F(TraceTest, GoesOnWithTheCallersTraceOrBeginsOne) {
  EXPECT_EQ(current_traceparent(), "");
  {
    const TraceScope scope("request", SpanKind::server, kParent, Sampling::by_ratio);
    EXPECT_EQ(scope.context().trace_id(), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_NE(scope.context().span_id(), "b7ad6b7169203331");
    EXPECT_EQ(current_traceparent(), scope.context().traceparent());
    EXPECT_EQ(LogContext::find("trace_id"), "0af7651916cd43dd8448eb211c80319c");
    const TraceScope inner("job", SpanKind::consumer, "nonsense", Sampling::as_the_caller_says);
    EXPECT_NE(inner.context().trace_id(), scope.context().trace_id());
    EXPECT_TRUE(parse_traceparent(inner.context().traceparent()));
  }
  EXPECT_EQ(current_trace(), nullptr);
  EXPECT_FALSE(LogContext::find("trace_id"));
}

TEST_F(TraceTest, BelievesOnlyWhoItIsToldToBelieveAboutSampling) {
  set_up_tracing(&kept_, 0);
  {
    const TraceScope stranger("a", SpanKind::server, kParent, Sampling::by_ratio);
  }
  EXPECT_TRUE(kept_.spans.empty());
  {
    const TraceScope proxy("b", SpanKind::server, kParent, Sampling::as_the_caller_says);
  }
  EXPECT_EQ(kept_.spans.size(), 1U);
  set_up_tracing(&kept_, 1);
  {
    const TraceScope unsampled("c", SpanKind::server, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                               Sampling::as_the_caller_says);
  }
  EXPECT_EQ(kept_.spans.size(), 1U);
  {
    const TraceScope stranger("d", SpanKind::server, "", Sampling::by_ratio);
  }
  EXPECT_EQ(kept_.spans.size(), 2U);
}

TEST_F(TraceTest, ChoosesTheShareThatItIsToldOf) {
  set_up_tracing(&kept_, 0.25);
  for (int i = 0; i < 4000; ++i)
    const TraceScope scope("a", SpanKind::server, "", Sampling::by_ratio);
  EXPECT_GT(kept_.spans.size(), 800U);
  EXPECT_LT(kept_.spans.size(), 1200U);
}

TEST_F(TraceTest, MakesATreeOfSpans) {
  set_up_tracing(&kept_, 1);
  std::string sent;
  {
    TraceScope scope("GET /things", SpanKind::server, kParent, Sampling::by_ratio);
    scope.span().set("http.response.status_code", 200);
    {
      Span query("find_thing", SpanKind::client);
      query.fail();
    }
    Span call("s3 put", SpanKind::client);
    sent = call.traceparent();
    Span moved = std::move(call);
    moved.end();
    moved.end(); // once is enough
    scope.span().rename("GET /things/{id}");
  }
  ASSERT_EQ(kept_.spans.size(), 3U);
  const FinishedSpan& query = kept_.spans[0];
  const FinishedSpan& call = kept_.spans[1];
  const FinishedSpan& root = kept_.spans[2];
  EXPECT_EQ(root.name, "GET /things/{id}");
  EXPECT_EQ(root.parent, parse_traceparent(kParent)->span);
  EXPECT_EQ(std::get<std::int64_t>(root.attributes.at(0).second), 200);
  EXPECT_EQ(query.parent, root.context.span);
  EXPECT_TRUE(query.failed);
  EXPECT_EQ(query.context.trace, root.context.trace);
  EXPECT_EQ(sent, call.context.traceparent());
  EXPECT_LE(root.start_ns, query.start_ns);
  EXPECT_LE(query.end_ns, root.end_ns);
}

TEST_F(TraceTest, RecordsNothingOutsideOfATraceNorWithoutASink) {
  set_up_tracing(&kept_, 1);
  {
    const Span alone("query", SpanKind::client);
  }
  EXPECT_TRUE(kept_.spans.empty());
  set_up_tracing(nullptr, 1);
  TraceScope scope("request", SpanKind::server, kParent, Sampling::as_the_caller_says);
  EXPECT_FALSE(scope.span().recording());
  EXPECT_FALSE(Span("query", SpanKind::client).recording());
  EXPECT_TRUE(scope.context().sampled) << "passed on, though nobody collects here";
}

TEST_F(TraceTest, BelongsToItsThread) {
  const TraceScope scope("request", SpanKind::server, "", Sampling::by_ratio);
  std::jthread([] { EXPECT_EQ(current_trace(), nullptr); }).join();
}

} // namespace
} // namespace mv
