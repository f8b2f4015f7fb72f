#include "core/webhooks/service.hpp"

#include <gtest/gtest.h>

#include "core/accounts/home_fixture.hpp"
#include "core/adapters/curl/hook_sender.hpp"
#include "core/adapters/jobs/queue.hpp"
#include "core/webhooks/deliverer.hpp"
#include "core/webhooks/repository.hpp"

namespace mv::webhooks {
namespace {

using test::must;
using test::refusal;

class WebhookServiceTest : public test::HomeTest {
protected:
  static Asker asker(const SignedIn& who) { return {.user_id = who.user.id, .is_owner = who.user.is_owner}; }
  static WebhookDraft draft(const std::optional<std::string>& space_id) {
    return {.space_id = space_id,
            .url = "https://example.org/hook",
            .events = {"memory.updated", "memory.created"},
            .description = "  Lamp  "};
  }

  SignedIn operator_ = person("Olga"); // owns the installation, and is in no family
  SignedIn anna_ = person("Anna");
  SignedIn boris_ = person("Boris");
  SignedIn stranger_ = person("Semyon");
  Space space_ = family(anna_, boris_, Role::editor);
  jobs::DatabaseJobQueue queue_{*db_, clock_};
  curl::CurlHookSender sender_{{}};
  Sealer sealer_ = Sealer::from_passphrase(Secret("0123456789abcdef0123456789abcdef"));
  WebhookService service_{*db_, queue_, sender_, sealer_, clock_};
};

TEST_F(WebhookServiceTest, IsForOwnersOfTheSpaceAndOfTheInstallation) {
  const Webhook hook = must(service_.create(asker(anna_), draft(space_.id)));
  EXPECT_EQ(hook.events, (std::vector<std::string>{"memory.created", "memory.updated"}));
  EXPECT_EQ(hook.description, "Lamp");
  EXPECT_EQ(refusal(service_.create(asker(boris_), draft(space_.id))), "webhook.not-allowed");
  EXPECT_EQ(refusal(service_.create(asker(stranger_), draft(space_.id))), "space.not-found");
  EXPECT_EQ(refusal(service_.create(asker(operator_), draft(space_.id))), "space.not-found")
      << "owning the installation opens no family";
  EXPECT_EQ(refusal(service_.create(asker(anna_), draft(std::nullopt))), "webhook.not-allowed");
  const Webhook common = must(service_.create(asker(operator_), draft(std::nullopt)));

  for (const auto& [who, key] : std::vector<std::pair<Asker, std::string>>{{asker(boris_), "webhook.not-allowed"},
                                                                           {asker(stranger_), "webhook.not-found"}}) {
    EXPECT_EQ(refusal(service_.get(who, hook.id)), key);
    EXPECT_EQ(refusal(service_.patch(who, hook.id, 1, {})), key);
    EXPECT_EQ(refusal(service_.remove(who, hook.id)), key);
    EXPECT_EQ(refusal(service_.new_secret(who, hook.id)), key);
    EXPECT_EQ(refusal(service_.deliveries(who, hook.id, {})), key);
    EXPECT_EQ(refusal(service_.delivery(who, hook.id, "x")), key);
    EXPECT_EQ(refusal(service_.test(who, hook.id)), key);
    EXPECT_EQ(refusal(service_.redeliver(who, hook.id, "x")), key);
    EXPECT_TRUE(must(service_.list(who, {})).items.empty());
  }
  EXPECT_EQ(refusal(service_.list(asker(boris_), {.space_id = space_.id})), "webhook.not-allowed");
  EXPECT_EQ(refusal(service_.list(asker(stranger_), {.space_id = space_.id})), "space.not-found");
  EXPECT_EQ(refusal(service_.get(asker(anna_), common.id)), "webhook.not-allowed");
  EXPECT_EQ(must(service_.list(asker(anna_), {})).items.size(), 1U);
  EXPECT_EQ(must(service_.list(asker(operator_), {})).items.size(), 2U) << "who answers for what the server calls";
  EXPECT_EQ(must(service_.list(asker(operator_), {.space_id = space_.id})).items.size(), 1U);
}

TEST_F(WebhookServiceTest, RefusesWhatItCannotUse) {
  const auto fault = [&](const WebhookDraft& bad) {
    const auto made = service_.create(asker(anna_), bad);
    return made ? std::string() : made.error().fields.at(0).pointer + " " + made.error().fields.at(0).code;
  };
  WebhookDraft bad = draft(space_.id);
  bad.url = "https://10.0.0.1/";
  EXPECT_EQ(fault(bad), "/url private-address");
  bad.url = "http://example.org/";
  EXPECT_EQ(fault(bad), "/url needs-https");
  bad = draft(space_.id);
  bad.events = {};
  EXPECT_EQ(fault(bad), "/events empty");
  bad.events = {"memory.created", "session.ended"};
  EXPECT_EQ(fault(bad), "/events/1 unknown-value");
  bad = draft(space_.id);
  bad.description = std::string(201, 'x');
  EXPECT_EQ(fault(bad), "/description too-long");
  bad.description = "a\nb";
  EXPECT_EQ(fault(bad), "/description control-characters");
  EXPECT_TRUE(must(service_.list(asker(anna_), {})).items.empty());
  for (int i = 0; i < kMaxHooks; ++i)
    must(service_.create(asker(anna_), draft(space_.id)));
  EXPECT_EQ(refusal(service_.create(asker(anna_), draft(space_.id))), "webhook.too-many");
}

TEST_F(WebhookServiceTest, KeepsSecretsSealedAndTellsThemOnce) {
  const Webhook hook = must(service_.create(asker(anna_), draft(space_.id)));
  const std::string secret = must(service_.new_secret(asker(anna_), hook.id)).secret;
  EXPECT_TRUE(secret.starts_with("mvw_"));
  const auto record = must(db_->read([&](Transaction& tx) { return WebhookRepository(tx).find(hook.id); }));
  EXPECT_EQ(record->secret.find(secret), std::string::npos);
  EXPECT_EQ(sealer_.open(record->secret, sealing_purpose(hook.id)), secret);
  EXPECT_NE(must(service_.new_secret(asker(anna_), hook.id)).secret, secret);
}

TEST_F(WebhookServiceTest, ChangesOnlyTheVersionThatTheAskerRead) {
  const Webhook hook = must(service_.create(asker(anna_), draft(space_.id)));
  const Webhook off = must(service_.patch(asker(anna_), hook.id, 1, {.enabled = false}));
  EXPECT_FALSE(off.enabled);
  EXPECT_EQ(off.version, 2);
  EXPECT_EQ(refusal(service_.patch(asker(anna_), hook.id, 1, {.enabled = true})), "version.changed");
  const Webhook on = must(service_.patch(asker(anna_), hook.id, 2, {.url = "https://example.com/", .enabled = true}));
  EXPECT_TRUE(on.enabled);
  EXPECT_EQ(on.url, "https://example.com/");
  EXPECT_EQ(on.events, hook.events);
  must(service_.remove(asker(anna_), hook.id));
  EXPECT_EQ(refusal(service_.get(asker(anna_), hook.id)), "webhook.not-found");
}

TEST_F(WebhookServiceTest, ForgetsDeliveriesAfterAWeekButNotWhatWaits) {
  const Webhook hook = must(service_.create(asker(anna_), draft(space_.id)));
  const std::string waits = must(service_.test(asker(anna_), hook.id)).id;
  const std::string done = must(service_.test(asker(anna_), hook.id)).id;
  must(db_->transaction([&](Transaction& tx) {
    return WebhookRepository(tx).note_attempt(done, "delivered", HookAnswer{.status = 200}, clock_.now());
  }));
  clock_.advance(kDeliveriesKept);
  must(service_.sweep());
  EXPECT_EQ(must(service_.deliveries(asker(anna_), hook.id, {})).items.size(), 2U);
  clock_.advance(1);
  must(service_.sweep());
  const auto left = must(service_.deliveries(asker(anna_), hook.id, {})).items;
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].id, waits);
}

} // namespace
} // namespace mv::webhooks
