// The contract of each endpoint of accounts, and nothing else.

#include "backend/accounts/routes.hpp"

#include "backend/accounts/cookies.hpp"

namespace mv {

using http::Access;
using http::Context;

namespace {

accounts::Device device_of(const Context& context) {
  return {.user_agent = context.user_agent(), .address = context.client_address()};
}

accounts::Identity identity_of(const Context& context) {
  const http::Identity& who = context.user();
  return {.user_id = who.user_id, .session_id = who.session_id, .is_owner = who.is_owner, .locale = who.locale};
}

} // namespace

void add_account_routes(http::Router& router, accounts::AccountService& accounts, accounts::Sessions& sessions) {
  const accounts::SessionTimes times = sessions.times();

  router.post<RegisterRequest, SignedIn>(
      "/api/v1/auth/register",
      {.access = Access::anyone,
       .status = 201,
       .summary = "Make an account",
       .tag = "accounts",
       .secret = true,
       .description = "The first account owns the installation. Later ones need open registration or the token of an "
                      "invitation."},
      [&accounts, times](Context& context, const RegisterRequest& request) -> Result<SignedIn> {
        TRY(SignedIn made, accounts.register_account(request, device_of(context), context.locale()));
        return hand_over(context, std::move(made), times);
      });
  router.post<LoginRequest, SignedIn>(
      "/api/v1/auth/login",
      {.access = Access::anyone, .status = 200, .summary = "Sign in", .tag = "accounts", .secret = true},
      [&accounts, times](Context& context, const LoginRequest& request) -> Result<SignedIn> {
        TRY(SignedIn made, accounts.login(request, device_of(context)));
        return hand_over(context, std::move(made), times);
      });
  router.post<RefreshRequest, SignedIn>(
      "/api/v1/auth/refresh",
      {.access = Access::anyone,
       .status = 200,
       .summary = "Exchange the refresh token for a new pair",
       .tag = "accounts",
       .secret = true,
       .description = "A refresh token works once. One that comes a second time ends its session, so clients take "
                      "turns: a browser's tabs hold a Web Lock while they refresh."},
      [&accounts, times](Context& context, const RefreshRequest& request) -> Result<SignedIn> {
        const std::string_view token =
            request.refresh_token ? std::string_view(*request.refresh_token) : context.cookie(kRefreshCookie);
        auto made = accounts.refresh(token, device_of(context));
        if (!made && made.error().code == ErrorCode::unauthenticated) clear_cookies(context);
        TRY(SignedIn signed_in, std::move(made));
        return hand_over(context, std::move(signed_in), times);
      });
  router.post<Nothing>("/api/v1/auth/logout",
                       {.access = Access::anyone,
                        .status = 204,
                        .summary = "End this session",
                        .tag = "accounts",
                        .description = "Also with nothing but the refresh cookie; signing out twice is no error."},
                       [&sessions](Context& context) -> Result<Nothing> {
                         if (const http::Identity* who = context.who()) {
                           auto ended = sessions.end(who->user_id, who->session_id);
                           if (!ended && ended.error().code != ErrorCode::not_found)
                             return std::unexpected(ended.error());
                         } else {
                           TRY_OK(sessions.end_by_refresh_token(context.cookie(kRefreshCookie)));
                         }
                         clear_cookies(context);
                         return Nothing{};
                       });
  router.get<User>("/api/v1/auth/me", {.summary = "Read one's own account", .tag = "accounts"},
                   [&accounts](Context& context) { return accounts.me(context.user().user_id); });
  router.patch<ProfilePatch, User>("/api/v1/auth/me",
                                   {.summary = "Change name, e-mail address, language or theme", .tag = "accounts"},
                                   [&accounts](Context& context, const ProfilePatch& patch) {
                                     return accounts.change_profile(context.user().user_id, patch);
                                   });
  router.post<PasswordChange, Nothing>(
      "/api/v1/auth/password",
      {.status = 204, .summary = "Change the password and end all other sessions", .tag = "accounts"},
      [&accounts](Context& context, const PasswordChange& change) -> Result<Nothing> {
        TRY_OK(accounts.change_password(identity_of(context), change));
        return Nothing{};
      });
  router.get<Items<SessionInfo>>("/api/v1/auth/sessions", {.summary = "Devices that are signed in", .tag = "accounts"},
                                 [&sessions](Context& context) { return sessions.list(identity_of(context)); });
  router.del<Nothing>("/api/v1/auth/sessions/{id}", {.summary = "Sign a device out", .tag = "accounts"},
                      [&sessions](Context& context) -> Result<Nothing> {
                        TRY_OK(sessions.end(context.user().user_id, context.param("id")));
                        if (context.param("id") == context.user().session_id) clear_cookies(context);
                        return Nothing{};
                      });
}

void add_settings_routes(http::Router& router, accounts::SettingsService& settings) {
  router.get<ServerStatus>(
      "/api/v1/server/status",
      {.access = Access::anyone, .summary = "What anybody may know before signing in", .tag = "server"},
      [&settings](Context&) { return settings.status(); });
  router.get<Settings>("/api/v1/settings",
                       {.access = Access::owner, .summary = "Settings of the installation", .tag = "server"},
                       [&settings](Context&) { return settings.get(); });
  router.patch<SettingsPatch, Settings>(
      "/api/v1/settings", {.access = Access::owner, .summary = "Change settings of the installation", .tag = "server"},
      [&settings](Context&, const SettingsPatch& patch) { return settings.change(patch); });
}

http::Authenticator make_authenticator(accounts::Sessions& sessions) {
  return [&sessions](const http::Credentials& credentials) -> Result<std::optional<http::Identity>> {
    const std::string_view token = credentials.bearer.empty() ? credentials.cookie(kAccessCookie) : credentials.bearer;
    if (token.empty()) return std::nullopt;
    TRY(accounts::Identity who, sessions.authenticate(token));
    return http::Identity{.user_id = std::move(who.user_id),
                          .session_id = std::move(who.session_id),
                          .is_owner = who.is_owner,
                          .locale = std::move(who.locale)};
  };
}

} // namespace mv
