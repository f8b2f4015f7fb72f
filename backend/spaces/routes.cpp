// The contract of each endpoint of spaces and invitations, and nothing else.

#include "backend/spaces/routes.hpp"

namespace mv {

using http::Access;
using http::Context;

namespace {

Result<Space> reply(Context& context, Result<Space> space) {
  if (space) context.set_etag(space->version);
  return space;
}

spaces::Inviter inviter_of(const Context& context) {
  return {.user_id = context.user().user_id, .is_owner = context.user().is_owner};
}

} // namespace

void add_space_routes(http::Router& router, spaces::SpaceService& spaces) {
  router.get<Items<Space>>("/api/v1/spaces", {.summary = "One's own space and one's families", .tag = "spaces"},
                           [&spaces](Context& context) { return spaces.list(context.user().user_id); });
  router.post<SpaceDraft, Space>("/api/v1/spaces",
                                 {.status = 201, .summary = "Make a family space", .tag = "spaces", .idempotent = true},
                                 [&spaces](Context& context, const SpaceDraft& draft) {
                                   auto made = reply(context, spaces.create(context.user().user_id, draft));
                                   if (made) context.set_header("Location", "/api/v1/spaces/" + made->id);
                                   return made;
                                 });
  router.get<Space>("/api/v1/spaces/{id}", {.summary = "Read a space", .tag = "spaces"}, [&spaces](Context& context) {
    auto space = spaces.get(context.user().user_id, context.param("id"));
    // For `If-Match`. Not by `set_etag`, which would answer 304: the counts in the body move without the version.
    if (space) context.set_header("ETag", '"' + std::to_string(space->version) + '"');
    return space;
  });
  router.patch<SpacePatch, Space>(
      "/api/v1/spaces/{id}", {.summary = "Rename a space", .tag = "spaces", .needs_if_match = true},
      [&spaces](Context& context, const SpacePatch& patch) -> Result<Space> {
        TRY(const std::int64_t version, context.require_if_match());
        return reply(context, spaces.change(context.user().user_id, context.param("id"), version, patch));
      });
  router.del<Nothing>("/api/v1/spaces/{id}", {.summary = "Remove an empty family space", .tag = "spaces"},
                      [&spaces](Context& context) -> Result<Nothing> {
                        TRY_OK(spaces.remove(context.user().user_id, context.param("id")));
                        return Nothing{};
                      });
  router.get<Items<Member>>(
      "/api/v1/spaces/{id}/members", {.summary = "Who is in a space", .tag = "spaces"},
      [&spaces](Context& context) { return spaces.members(context.user().user_id, context.param("id")); });
  router.put<MemberPatch, Member>(
      "/api/v1/spaces/{id}/members/{userId}", {.summary = "Give a member another role", .tag = "spaces"},
      [&spaces](Context& context, const MemberPatch& patch) {
        return spaces.set_role(context.user().user_id, context.param("id"), context.param("userId"), patch.role);
      });
  router.del<Nothing>(
      "/api/v1/spaces/{id}/members/{userId}",
      {.summary = "Take a member out, or leave; what they brought stays", .tag = "spaces"},
      [&spaces](Context& context) -> Result<Nothing> {
        TRY_OK(spaces.remove_member(context.user().user_id, context.param("id"), context.param("userId")));
        return Nothing{};
      });
}

void add_presence_routes(http::Router& router, spaces::PresenceService& presence) {
  router.get<Items<PersonName>>(
      "/api/v1/spaces/{id}/presence",
      {.summary = "Which members are online",
       .tag = "spaces",
       .description =
           "Those with a connection to `/api/v1/events`, the asker included. Changes come as `user.activity`, "
           "`{spaceId, userId, here}`; who goes is told some seconds later."},
      [&presence](Context& context) { return presence.list(context.user().user_id, context.param("id")); });
}

void add_invitation_routes(http::Router& router, spaces::InvitationService& invitations) {
  router.get<Items<Invitation>>("/api/v1/invitations",
                                {.summary = "Invitations that one made or may withdraw", .tag = "invitations"},
                                [&invitations](Context& context) { return invitations.list(context.user().user_id); });
  // Not idempotent by key: its reply holds a token, which is kept nowhere.
  router.post<InvitationDraft, Invitation>(
      "/api/v1/invitations",
      {.status = 201, .summary = "Invite somebody by a link", .tag = "invitations", .secret = true},
      [&invitations](Context& context, const InvitationDraft& draft) {
        return invitations.create(inviter_of(context), draft);
      });
  router.del<Nothing>("/api/v1/invitations/{id}", {.summary = "Withdraw an invitation", .tag = "invitations"},
                      [&invitations](Context& context) -> Result<Nothing> {
                        TRY_OK(invitations.revoke(inviter_of(context), context.param("id")));
                        return Nothing{};
                      });
  router.get<InvitationQuery, InvitationPreview>(
      "/api/v1/invitations/preview",
      {.access = Access::anyone, .summary = "What a link invites to", .tag = "invitations"},
      [&invitations](Context&, const InvitationQuery& query) { return invitations.preview(query.token); });
  router.post<InvitationAcceptance, Space>(
      "/api/v1/invitations/accept",
      {.status = 200, .summary = "Join a space with the account that one has", .tag = "invitations"},
      [&invitations](Context& context, const InvitationAcceptance& acceptance) {
        return invitations.accept(context.user().user_id, acceptance.token);
      });
}

} // namespace mv
