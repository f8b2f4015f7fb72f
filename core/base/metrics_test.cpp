#include "core/base/metrics.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "core/base/clock.hpp"
#include "core/base/process_metrics.hpp"

namespace mv {
namespace {

TEST(MetricsTest, RendersThePrometheusTextFormat) {
  Metrics metrics;
  metrics.counter("memories_saved_total", "Memories saved.").add(3);
  metrics.gauge("jobs_waiting", "Jobs that wait.", {{"kind", "media"}}).set(2.5);
  constexpr std::array kBounds = {0.1, 1.0};
  Histogram& took = metrics.histogram("took_seconds", "How long.", {{"route", "list"}}, kBounds);
  took.observe(0.05);
  took.observe(0.1);
  took.observe(0.5);
  took.observe(9.0);
  EXPECT_EQ(metrics.render(), R"(# HELP jobs_waiting Jobs that wait.
# TYPE jobs_waiting gauge
jobs_waiting{kind="media"} 2.5
# HELP memories_saved_total Memories saved.
# TYPE memories_saved_total counter
memories_saved_total 3
# HELP took_seconds How long.
# TYPE took_seconds histogram
took_seconds_bucket{route="list",le="0.1"} 2
took_seconds_bucket{route="list",le="1"} 3
took_seconds_bucket{route="list",le="+Inf"} 4
took_seconds_sum{route="list"} 9.65
took_seconds_count{route="list"} 4
)");
}

TEST(MetricsTest, EscapesLabelsAndHelp) {
  Metrics metrics;
  metrics.counter("odd_total", "Two\nlines and a \\.", {{"name", "a\"b\\c\nd"}}).add();
  EXPECT_EQ(metrics.render(),
            "# HELP odd_total Two\\nlines and a \\\\.\n# TYPE odd_total counter\n"
            "odd_total{name=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST(MetricsTest, GivesTheSameObjectForTheSameLabels) {
  Metrics metrics;
  EXPECT_EQ(&metrics.counter("a_total", "", {{"x", "1"}}), &metrics.counter("a_total", "", {{"x", "1"}}));
  EXPECT_NE(&metrics.counter("a_total", "", {{"x", "1"}}), &metrics.counter("a_total", "", {{"x", "2"}}));
  EXPECT_THROW(metrics.gauge("a_total", ""), std::logic_error);
}

TEST(MetricsTest, BoundsTheNumberOfSeries) {
  Metrics metrics(10);
  for (int i = 0; i < 1000; ++i)
    metrics.counter("a_total", "", {{"id", std::to_string(i)}}).add();
  EXPECT_EQ(metrics.counter("a_total", "", {{"id", "other"}}).value(), 990U);
}

TEST(MetricsTest, CountsFromManyThreadsWithoutLoss) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&metrics] {
        for (int n = 0; n < 1000; ++n) {
          metrics.counter("a_total", "").add();
          metrics.histogram("b_seconds", "").observe(0.001);
          if (n % 100 == 0) {
            EXPECT_FALSE(metrics.render().empty());
          }
        }
      });
    }
  }
  EXPECT_EQ(metrics.counter("a_total", "").value(), 4000U);
  EXPECT_NEAR(metrics.histogram("b_seconds", "").sum(), 4.0, 1e-6);
}

TEST(MetricsTest, ShowsWhatTheKernelSaysOfTheProcess) {
  Metrics metrics;
  add_process_metrics(metrics);
  std::string text = metrics.render();
  EXPECT_TRUE(text.contains("# TYPE process_cpu_seconds_total counter\n")) << text;
  EXPECT_GT(metrics.gauge("process_resident_memory_bytes", "").value(), 1e6);
  EXPECT_GE(metrics.gauge("process_threads", "").value(), 1);
  const double started = metrics.gauge("process_start_time_seconds", "").value();
  const double now = static_cast<double>(SystemClock().now()) / 1000;
  EXPECT_LT(started, now + 2);
  EXPECT_GT(started, now - 3600);
  const double files = metrics.gauge("process_open_fds", "").value();
  const int opened = dup(1);
  text = metrics.render();
  EXPECT_EQ(metrics.gauge("process_open_fds", "").value(), files + 1);
  close(opened);
}

TEST(MetricsTest, UpdatesGaugesBeforeRendering) {
  Metrics metrics;
  metrics.before_render([&metrics] { metrics.gauge("depth", "").set(7); });
  EXPECT_NE(metrics.render().find("depth 7\n"), std::string::npos);
}

} // namespace
} // namespace mv
