#include "backend/http/json_codec.hpp"
#include "core/contracts/accounts.hpp"
#include "core/contracts/spaces.hpp"

MV_JSON_REQUIRED(mv::SpaceDraft, "title")
MV_JSON_REQUIRED(mv::MemberPatch, "role")
MV_JSON_REQUIRED(mv::InvitationAcceptance, "token")

MV_JSON_CODEC(mv::Space)
MV_JSON_CODEC(mv::Items<mv::Space>)
MV_JSON_CODEC(mv::SpaceDraft)
MV_JSON_CODEC(mv::SpacePatch)
MV_JSON_CODEC(mv::Member)
MV_JSON_CODEC(mv::Items<mv::Member>)
MV_JSON_CODEC(mv::MemberPatch)
MV_JSON_CODEC(mv::Items<mv::PersonName>)
MV_JSON_CODEC(mv::InvitationDraft)
MV_JSON_CODEC(mv::Invitation)
MV_JSON_CODEC(mv::Items<mv::Invitation>)
MV_JSON_CODEC(mv::InvitationPreview)
MV_JSON_CODEC(mv::InvitationAcceptance)
MV_QUERY_CODEC(mv::InvitationQuery)
