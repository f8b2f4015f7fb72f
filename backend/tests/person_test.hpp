#pragma once

// For tests that need a server and somebody in it, and nothing more.

#include <gtest/gtest.h>

#include <memory>

#include "backend/tests/harness.hpp"

namespace mv::test {

/// One server for a suite, where anybody may register, and in each test somebody who just did.
class PersonTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<TestServer>();
    Client owner = server_->client();
    owner.register_as("Vera");
    owner.patch("/api/v1/settings", {{"openRegistration", true}});
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override { me_.register_as("Anna"); }

  static inline std::unique_ptr<TestServer> server_;
  Client me_ = server_->client();
};

} // namespace mv::test
