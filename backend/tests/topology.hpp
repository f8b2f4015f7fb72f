#pragma once

// The product as many processes, for tests of what happens among them.

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backend/tests/gateway.hpp"
#include "backend/tests/harness.hpp"
#include "core/testing/postgres_server.hpp"
#include "core/testing/redis_server.hpp"
#include "core/testing/rgw.hpp"

namespace mv::test {

/// Everything at once. Two replicas each, so that either may die.
class TopologyTest : public testing::Test {
protected:
  TopologyTest() {
    for (int i = 0; i < 2; ++i) {
      api_[i] = replica("api");
      realtime_[i] = replica("realtime");
      worker_[i] = replica("worker");
    }
    gateway_ = std::make_unique<Gateway>(std::vector{api_[0]->api(), api_[1]->api()},
                                         std::vector{realtime_[0]->realtime(), realtime_[1]->realtime()});
    me_ = std::make_unique<Client>(gateway_->client());
    me_->register_as("Vera");
  }

  std::unique_ptr<TestServer> replica(const std::string& role) {
    return std::make_unique<TestServer>(
        ServerOptions{.arguments = {"--roles", role},
                      .variables = {{"MEMORYVERSE_DATABASE_URL", database_},
                                    {"MEMORYVERSE_STORAGE_URL", Rgw::shared().url("topology")},
                                    {"AWS_ACCESS_KEY_ID", Rgw::shared().access_key()},
                                    {"AWS_SECRET_ACCESS_KEY", Rgw::shared().secret_key()},
                                    {"MEMORYVERSE_REDIS_URL", redis_.url()},
                                    {"MEMORYVERSE_SECRET_KEY", "one key for all of these replicas"},
                                    {"MEMORYVERSE_TRUSTED_PROXIES", "127.0.0.0/8"}}});
  }
  [[nodiscard]] Headers bearer() const { return {"Authorization: Bearer " + me_->token}; }
  /// A change that must arrive: where no answer came, it is looked for before it is sent again, as a person would.
  Json save(const std::string& title) {
    Json memory;
    EXPECT_TRUE(eventually([&] {
      const Reply reply = me_->post("/api/v1/memories", {{"title", title}});
      if (reply.status == 201) memory = reply.json();
      return reply.status == 201 || all_titles()[title] > 0;
    })) << title;
    return memory;
  }
  /// How many memories have each title; asked until a replica answers.
  std::map<std::string, int> all_titles() {
    std::map<std::string, int> titles;
    std::string cursor;
    do {
      Reply page;
      EXPECT_TRUE(eventually([&] {
        page = me_->get("/api/v1/memories?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
        return page.status == 200;
      })) << page.status;
      const Json body = page.json();
      for (const Json& memory : body["items"])
        ++titles[memory["title"]];
      cursor = body.contains("nextCursor") && body["nextCursor"].is_string() ? body["nextCursor"] : "";
    } while (!cursor.empty());
    return titles;
  }
  bool ready(const std::string& media_id) {
    return me_->get("/api/v1/media/" + media_id + "/preview?size=2048").status == 200;
  }
  /// The lease of a worker that died runs a minute: as long as `eventually` waits, hence twice.
  bool ready_after_a_lease(const std::string& media_id) {
    const auto is_ready = [&] { return ready(media_id); };
    return eventually(is_ready) || eventually(is_ready);
  }

  std::string database_ = PostgresServer::shared().make_database();
  RedisServer redis_;
  std::array<std::unique_ptr<TestServer>, 2> api_;
  std::array<std::unique_ptr<TestServer>, 2> realtime_;
  std::array<std::unique_ptr<TestServer>, 2> worker_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Client> me_;
};

} // namespace mv::test
