#pragma once

// What every Presence must do. `Maker` gives `presence()` and `clock()`.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/ports/presence.hpp"

namespace mv {

template <typename Maker>
class PresenceContract : public testing::Test {
protected:
  using Names = std::vector<std::string>;
  static Names sorted(const Result<Names>& names) {
    if (!names) return {"failed: " + names.error().cause};
    Names copy = *names;
    std::ranges::sort(copy);
    return copy;
  }
  Names keep(std::string_view space, std::string_view holder, const Names& users) {
    return sorted(maker_.presence().keep(space, holder, users));
  }
  Names leave(std::string_view space, std::string_view holder, const Names& users) {
    return sorted(maker_.presence().leave(space, holder, users));
  }
  Names expire(std::string_view space) { return sorted(maker_.presence().expire(space)); }
  Names list(std::string_view space) { return sorted(maker_.presence().list(space)); }

  static inline const Names kNobody{};
  Maker maker_;
};

TYPED_TEST_SUITE_P(PresenceContract);

TYPED_TEST_P(PresenceContract, KnowsWhoIsInWhichSpace) {
  EXPECT_EQ(this->list("one"), this->kNobody);
  EXPECT_EQ(this->keep("one", "a", {"anna", "boris"}), (std::vector<std::string>{"anna", "boris"}));
  EXPECT_EQ(this->keep("two", "a", {"vera"}), (std::vector<std::string>{"vera"}));
  EXPECT_EQ(this->list("one"), (std::vector<std::string>{"anna", "boris"}));
  EXPECT_EQ(this->list("two"), (std::vector<std::string>{"vera"}));
}

TYPED_TEST_P(PresenceContract, TellsOnceThatSomebodyCameAndWent) {
  EXPECT_EQ(this->keep("one", "a", {"anna"}), (std::vector<std::string>{"anna"}));
  EXPECT_EQ(this->keep("one", "a", {"anna", "boris"}), (std::vector<std::string>{"boris"}));
  EXPECT_EQ(this->leave("one", "a", {"anna"}), (std::vector<std::string>{"anna"}));
  EXPECT_EQ(this->leave("one", "a", {"anna"}), this->kNobody);
  EXPECT_EQ(this->leave("one", "a", {"nobody"}), this->kNobody);
  EXPECT_EQ(this->list("one"), (std::vector<std::string>{"boris"}));
}

TYPED_TEST_P(PresenceContract, SomebodyIsThereAsLongAsOneProcessSaysSo) {
  EXPECT_EQ(this->keep("one", "a", {"anna"}), (std::vector<std::string>{"anna"}));
  EXPECT_EQ(this->keep("one", "b", {"anna"}), this->kNobody);
  EXPECT_EQ(this->leave("one", "a", {"anna"}), this->kNobody);
  EXPECT_EQ(this->list("one"), (std::vector<std::string>{"anna"}));
  EXPECT_EQ(this->leave("one", "b", {"anna"}), (std::vector<std::string>{"anna"}));
  EXPECT_EQ(this->list("one"), this->kNobody);
}

TYPED_TEST_P(PresenceContract, TheWordOfAProcessThatDiedRunsOut) {
  std::ignore = this->keep("one", "dies", {"anna", "boris"});
  this->maker_.clock().advance(kPresenceLasts / 2);
  std::ignore = this->keep("one", "lives", {"boris", "vera"});
  EXPECT_EQ(this->expire("one"), this->kNobody);
  this->maker_.clock().advance(kPresenceLasts / 2);
  EXPECT_EQ(this->list("one"), (std::vector<std::string>{"boris", "vera"}));
  EXPECT_EQ(this->expire("one"), (std::vector<std::string>{"anna"}));
  EXPECT_EQ(this->expire("one"), this->kNobody) << "told once";
  this->maker_.clock().advance(kPresenceLasts / 2);
  EXPECT_EQ(this->list("one"), this->kNobody);
  EXPECT_EQ(this->expire("one"), (std::vector<std::string>{"boris", "vera"}));
}

TYPED_TEST_P(PresenceContract, WhoComesAfterTheWordRanOutCameAnew) {
  std::ignore = this->keep("one", "dies", {"anna"});
  this->maker_.clock().advance(kPresenceLasts);
  EXPECT_EQ(this->keep("one", "lives", {"anna"}), (std::vector<std::string>{"anna"}));
  EXPECT_EQ(this->expire("one"), this->kNobody) << "she is here";
  EXPECT_EQ(this->list("one"), (std::vector<std::string>{"anna"}));
}

TYPED_TEST_P(PresenceContract, TakesAListOfNobody) {
  EXPECT_EQ(this->keep("one", "a", {}), this->kNobody);
  EXPECT_EQ(this->leave("one", "a", {}), this->kNobody);
  EXPECT_EQ(this->list("one"), this->kNobody);
}

REGISTER_TYPED_TEST_SUITE_P(PresenceContract, KnowsWhoIsInWhichSpace, TellsOnceThatSomebodyCameAndWent,
                            SomebodyIsThereAsLongAsOneProcessSaysSo, TheWordOfAProcessThatDiedRunsOut,
                            WhoComesAfterTheWordRanOutCameAnew, TakesAListOfNobody);

} // namespace mv
