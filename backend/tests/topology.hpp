#pragma once

// The product as many processes, for tests of what happens among them.

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backend/tests/compose.hpp"
#include "backend/tests/gateway.hpp"
#include "backend/tests/harness.hpp"
#include "core/testing/postgres_server.hpp"
#include "core/testing/redis_server.hpp"
#include "core/testing/rgw.hpp"

namespace mv::test {

/// What the compose file for production starts, from its own configuration, as plain processes: two replicas of each
/// role, so that either may die, behind the gateway. Only addresses differ, and the store is that of the tests.
class TopologyTest : public testing::Test {
protected:
  TopologyTest();
  ~TopologyTest() override;

  [[nodiscard]] std::unique_ptr<TestServer> replica(const std::string& service,
                                                    const std::vector<std::string>& places = {}) const;
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
  /// The lease of a worker that died runs half a minute, as long as half of `eventually`; then others wait in line.
  bool ready_after_a_lease(const std::string& media_id) {
    const auto is_ready = [&] { return ready(media_id); };
    return eventually(is_ready) || eventually(is_ready);
  }

  Compose compose_;
  std::string database_ = PostgresServer::shared().make_database();
  RedisServer redis_;
  std::filesystem::path web_root_;
  std::array<std::unique_ptr<TestServer>, 2> api_; // and web
  std::array<std::unique_ptr<TestServer>, 2> realtime_;
  std::array<std::unique_ptr<TestServer>, 2> worker_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Client> me_;
};

} // namespace mv::test
