"""What each problem code means and what to do about it: the text behind every problem document's `type`."""

EXPLAINED: dict[str, tuple[int, str]] = {
    "invalid-request": (
        422,
        "Something in the request is not as documented. `errors` lists every wrong place: `pointer` is "
        "a JSON Pointer "
        "into the body, `?name` for a query parameter or header, `{name}` for a part of the path. "
        "Fields that "
        "are not documented are refused too, so that a typing error is never ignored.",
    ),
    "unauthenticated": (
        401,
        "Send `Authorization: Bearer <key>`. The key is missing, mistyped (its checksum is checked), "
        "expired or "
        "revoked.",
    ),
    "scope-missing": (
        403,
        "The key is valid but lacks the scope named in `scope`. Ask the practice for a key with it. A "
        "key can only "
        "make keys with scopes that it holds itself.",
    ),
    "endpoint-disabled": (
        409,
        "Nothing is sent to an endpoint that is disabled; `disabled_reason` says why it is. What waits "
        'goes on waiting. `PATCH {"enabled": true}` first.',
    ),
    "secrets-overlap": (
        409,
        "Until `former_secret_until` each message is signed with the present and the former secret; a third "
        "one would end the overlap that the consumer counts on. Wait, or rotate with `overlap_hours: 0`: "
        "then both end at once.",
    ),
    "not-for-apps": (
        403,
        "A partner's app acts for pet owners: it enters where the documentation of an operation says so, and "
        "nowhere else, whatever its scopes. This is for the practice's own people and keys.",
    ),
    "sign-in-refused": (
        401,
        "The address and password do not belong together, the link was used or is older than 15 minutes, or "
        "the person is no enabled member of any practice: which of these it was is not told. Ask for a link "
        "with `POST /v1/sessions/links`.",
    ),
    "session-ended": (
        401,
        "The refresh token is not good any more: the session was ended, or the token was used a second time, "
        "which ends its session. Sign in again.",
    ),
    "needs-a-session": (
        403,
        "This address is about the person who has signed in; an API key is nobody. Use the access token of "
        "`POST /v1/sessions`.",
    ),
    "needs-a-key": (
        403,
        "Who has signed in has a role in each of their practices, and enters what is below "
        "`/v1/practices/{practice_id}`, without what hangs on a key. Use an API key here.",
    ),
    "password-needed": (
        403,
        "`current_password` is missing or wrong. Without it a password can be set within ten minutes of a "
        "sign-in by link.",
    ),
    "already-a-member": (
        409,
        "Somebody with this e-mail address is a member of the practice already. Change that member with "
        "`PATCH .../staff/{member_id}`.",
    ),
    "beyond-own-limit": (
        403,
        "A key makes and revokes only keys whose rate limit is at most its own, which is `most` requests a "
        "minute. Name a lower `requests_per_minute`; without one a key gets the gateway's usual limit.",
    ),
    "beyond-own-lifetime": (
        403,
        "A key that expires makes and revokes only keys that end with it at the latest, which is `latest`: "
        "name an `expires_at` until then, or use a key that does not expire.",
    ),
    "partner-not-activated": (
        403,
        "The practice has not let this partner in, or has ended that. Somebody of the practice accepts the "
        "partner's terms with `POST .../partner-activations`.",
    ),
    "partner-key-needed": (
        403,
        "Only a partner's app connects owners and reads their appointments: with a key that an operator made "
        "with the app's `partner_id`.",
    ),
    "owner-not-connected": (
        403,
        "An app acts for the owners who are connected to it. Connect the owner with `POST .../connections`, "
        "then book with the connection's `owner_id`.",
    ),
    "email-differs": (
        403,
        "An invitation is for the mailbox that it was sent to. Let the owner register with that address, or "
        "have the practice correct the address in their record and send a new invitation.",
    ),
    "partner-active": (
        409,
        "The practice has activated this partner already: change that activation (`activation_id`) or end it "
        "first.",
    ),
    "terms-outdated": (
        409,
        "The partner has other terms now: `terms_version`, at `terms_url`. Have them read and accepted, then "
        "send their version.",
    ),
    "privacy-text-outdated": (
        409,
        "The owner must agree to the text that the practice has now: get it from `.../privacy-text`, show "
        "it, and send its `number`. When the practice has none, send no number.",
    ),
    "already-connected": (
        409,
        "The owner is connected to this partner already, by `connection_id`. Nothing has changed.",
    ),
    "duplicate-settled": (
        409,
        "Somebody has decided already whether these two records are one person: `verdict` says how.",
    ),
    "operation-gone": (
        410,
        "The operation was deprecated for at least six months and ended on `since`. Call `successor` "
        "instead; `/docs/versions` lists all that ended and will end.",
    ),
    "invitation-ended": (
        410,
        "The invitation was used, withdrawn or replaced by a newer one, or its 14 days are over. The "
        "practice sends a new one.",
    ),
    "not-found": (
        404,
        "There is no such thing for this key. Ids of practices that the key was not granted answer the "
        "same way, so "
        "that nobody can find out whether they exist. A test key sees test practices only.",
    ),
    "method-not-allowed": (405, "The address exists, the method does not: see the `Allow` header."),
    "conflict": (409, "The request contradicts what is already there; `detail` says how."),
    "linked-absence": (
        409,
        "A whole day or a series that was typed in a linked calendar is busy time here, and is kept there: "
        "`source` and `calendar_link_id` say where. Change or delete the event in that calendar; it follows "
        "within minutes. Ending the link takes what is still to come away.",
    ),
    "key-ended": (409, "A key that was revoked, or that already has a successor, cannot be rotated."),
    "clock-moving": (
        409,
        "The test practice's clock is just being moved, and does what falls due on the way. Nothing of this "
        "move has happened: repeat it after `Retry-After`. Moves wait for no other, so send one after the "
        "other.",
    ),
    "not-a-test-practice": (
        409,
        "This route plays what the owner of a test practice does. A live practice's owners answer by "
        "themselves: use a test practice.",
    ),
    "time-taken": (
        409,
        "Another appointment, request or hold already takes this time in one of the calendars. Ask for "
        "slots again "
        "and offer another one; a refused booking names up to three in `alternatives`. A request over which "
        "something was laid since is not accepted without an `override`: `lies_there` says what that is.",
    ),
    "slot-not-offered": (
        409,
        "The practice's booking rules do not offer this start. `rule` names the rule: `closed`, `holiday`, "
        "`lead-time`, `horizon`, `walk-in`, `cap`, `species`, `owner`, `paused`, `busy`, `step`, `type`, "
        "`calendar`, `nonexistent-time`, `override-closed`, `closure` or `absence`; `alternatives` are up to "
        "three starts of the next three days that book. `GET .../slots/explain` answers the same for any "
        "start.",
    ),
    "hold-expired": (
        410,
        "The hold has ended; `reason` says how. `expired`: its time is over and its slot is free again. "
        "`used`: a booking was made with it, and a hold books once. `given-back`: it was released before its "
        "time. Ask for slots and take a new hold.",
    ),
    "too-many-holds": (
        409,
        "One key keeps at most `most` starts of a practice at once. Book with the holds that are open, give "
        "those back that nobody needs (`DELETE .../holds/{hold_id}`), or wait until they end.",
    ),
    "cancellation-window-closed": (
        409,
        "It is too late to cancel or move this appointment online. The owner can still ask the "
        "practice: `phone` is its number, null when it has given none.",
    ),
    "link-ended": (
        410,
        "The owner's link has ended: the appointment was cancelled, has begun or is over, or its "
        "animals have died. Call the practice.",
    ),
    "link-outdated": (
        409,
        "The appointment was moved after this link was made. The link still shows it, but confirms, cancels "
        "and moves nothing: whoever opened it has not agreed to the new time. The practice sends a new one.",
    ),
    "status-conflict": (
        409,
        "The appointment's present status does not allow this: what is cancelled cannot arrive. Read it "
        "again.",
    ),
    "too-early": (
        409,
        "Somebody arrives, and a visit is over, on its day in the practice's zone at the earliest; it is "
        "missed once its start has come. `possible_from` is the instant. What will not take place can be "
        "cancelled.",
    ),
    "in-use": (
        409,
        "Appointments that are still to come, or people on the waiting list, need this record. "
        "`appointment_ids` and `waitlist_entry_ids` name the next few: cancel or move the appointments, "
        "take the entries off the list, then delete it. An erasure does both by itself with "
        "`cancel_upcoming: true`.",
    ),
    "request-settled": (409, "The booking request was accepted, declined, cancelled or has expired already."),
    "already-left": (409, "The reminder was sent, or is just being sent: it cannot be withdrawn any more."),
    "reminder-not-editable": (
        409,
        "Messages of an appointment or an offer are planned from it (`purpose` says which this is). Change "
        "the appointment's own messages instead; only reminders of products and acts, and a person's own, "
        "are changed one by one.",
    ),
    "not-resendable": (
        409,
        "Only reminders of products and acts, and a person's own, are sent again, and only once they were "
        "sent, failed or were skipped. `reminder_id` names the one that cannot be; none of the request "
        "was sent.",
    ),
    "letters-changed": (
        409,
        "None of the reminders is a letter that may be printed now. `left_out` names each with its reason: "
        "why it must not leave any more (`no_consent`, `deceased`...), or the status of one that is not "
        "ready. Take the list of letters anew.",
    ),
    "nothing-to-remind": (
        409,
        "The appointment is not confirmed (`appointment_status` says what it is), has begun or has no owner: "
        "`detail` says which. Nobody can be reminded of it.",
    ),
    "template-in-use": (409, "Reminder rules still use this template. Change or delete them first."),
    "rule-in-use": (409, "Products or acts still offer this reminder rule. Take it off them first."),
    "already-linked": (
        409,
        "That remote calendar belongs to the link `link_id` already. A two-way link has its remote calendar "
        "for itself: otherwise what one column writes there would become appointments of another. Only links "
        "of mode `agenda_to_remote` can share one.",
    ),
    "sync-paused": (
        409,
        "Somebody has paused the synchronisation: of this link, of the practice, or of the whole platform "
        "for maintenance; `level` says which. Nothing is lost: what changes meanwhile follows when it is "
        "resumed.",
    ),
    "copies-stay": (
        409,
        "The linked calendar cannot be reached, so its copies cannot be deleted. Connect the link again "
        "first, or end it with `remote_copies=keep`.",
    ),
    "not-connected": (
        409,
        "The calendar link has no access to its calendar now; `detail` says what to do. One that nobody has "
        "connected yet is opened by `.../google/start` or `.../caldav/connect`.",
    ),
    "conflict-answered": (
        409,
        "Somebody has answered the conflict already, here or by editing the field again on either side. "
        "`rows` names those of the order that are answered; nothing was done. To bring a value back all "
        "the same, edit the appointment: `lost` still has it.",
    ),
    "too-many-endpoints": (
        409,
        "One practice's events are posted to `most` addresses at most. Delete an endpoint that nobody "
        "needs, or hand the events on yourself.",
    ),
    "still-comparing": (
        409,
        "After a restore every link of the practice first compares both sides, so that a visit in several "
        "vets' calendars is decided once for all of them. Ask again in a moment; a link that cannot be "
        "reached keeps nobody waiting for more than two minutes.",
    ),
    "cannot-be-restored": (
        409,
        "The appointment or its event has ended, or the conflict was about the event as a whole.",
    ),
    "wrong-provider": (
        409,
        "The calendar link is one with another `provider`: consent and connection are that provider's own "
        "routes.",
    ),
    "nothing-to-decide": (
        409,
        "The calendar link holds nothing back that waits for a decision: somebody has decided already, or "
        "it was never in doubt.",
    ),
    "google-not-configured": (
        409,
        "The operator of this platform has not registered it with Google yet, so no Google calendar can "
        "be linked.",
    ),
    "nothing-to-choose": (
        409,
        "A calendar is chosen once, after the consent of a link made with `remote_calendar_id: choose`, and "
        "out of those in the list that are writable.",
    ),
    "access-ended": (
        409,
        "The person has taken the consent back at Google, or it has ended. Open Google's page again "
        "(`.../google/start`); the link stays what it is.",
    ),
    "google-away": (
        503,
        "Google does not answer at the moment, or not in a form that this version knows. Nothing happened; "
        "repeat the request in a few minutes.",
    ),
    "consent-failed": (400, "Google did not confirm the consent, or it came too late. Start again."),
    "address-not-allowed": (
        403,
        "The key is valid, and its owner has said from which addresses it is used; yours is none of them. "
        "Call from there, or have a key made without `networks`.",
    ),
    "beyond-own-networks": (
        403,
        "Nobody makes a key for use from where their own cannot be used: name `networks` within your own "
        "key's.",
    ),
    "wrong-account": (
        400,
        "The consent came from a Google account that cannot open the linked calendar. Start again, and agree "
        "with the account that the link was made with.",
    ),
    "stale-version": (
        412,
        "The thing has changed since you read it. Read it again, apply your change to what is there now, and "
        "send its `ETag` in `If-Match`.",
    ),
    "version-required": (428, "Changes to this need an `If-Match` header with the `ETag` that you read."),
    "answer-erased": (
        410,
        "The request with this `Idempotency-Key` was carried out. Its answer told of somebody whose data was "
        "erased since, and was erased with it. Nothing was done again.",
    ),
    "idempotency-mismatch": (
        422,
        "This `Idempotency-Key` was already used for a request with another body. Use a new key for a "
        "new request.",
    ),
    "idempotency-in-flight": (
        409,
        "The first request with this `Idempotency-Key` is still running, or waits for its next try after a "
        "fault. Repeat it after `Retry-After` to get its answer.",
    ),
    "order-given-up": (
        500,
        "The order failed within the platform each time it was tried, for about an hour, and is tried no "
        "more. Look whether it was carried out (the booking, the hold, the appointment) before you order it "
        "anew, with another `Idempotency-Key`.",
    ),
    "shown-on-calls": (
        409,
        "The practice shows this when its telephone rings. Choose another pop-up first, with "
        "`PUT .../desk/settings`; `popup` says which one it is.",
    ),
    "opened-by-script": (
        409,
        "A step of the call script `script_id` opens this link. Change that script first.",
    ),
    "call-back-closed": (
        409,
        "Nobody waits for this call any more: `call_back_status` is `done` or `withdrawn`. Who asks again is "
        "a new item: `POST .../desk/call-backs`.",
    ),
    "outside-call-back-hours": (
        409,
        "The practice agrees to no call at this time. `rule` is `hours` when no range of its desk settings "
        "has room for it, `past` when the time is over, `no-calendar` when it names no calendar for calls. "
        "`times` are the next free ones.",
    ),
    "nothing-agreed": (
        409,
        "Only a call at an agreed time can be made longer: `POST .../desk/call-backs/{id}/agree` first.",
    ),
    "waitlist-off": (409, "The practice keeps no waiting list: `PUT .../waitlist-settings` switches it on."),
    "offer-expired": (410, "The time to decide is over and the slot went to the next who waits."),
    "offer-settled": (409, "The offer was accepted, declined or withdrawn already: see `offer_status`."),
    "unsupported-media-type": (
        415,
        "The body is not what the route reads: send JSON with `Content-Type: application/json`.",
    ),
    "unsupported-file": (
        415,
        "Documents are PDF, PNG, JPEG or UTF-8 text, and the content must be what `Content-Type` says: see "
        "`media_types`. A file that was cut off on its way is refused too: send the whole of it.",
    ),
    "malformed-request": (
        400,
        "What was sent is not HTTP/1.1: an unknown method, a wrong `Content-Length`, a broken chunk. The "
        "connection is closed.",
    ),
    "request-timeout": (
        408,
        "The head or the body of the request did not come to its end: nothing came for 15 seconds (or what "
        "the operator set). Nothing happened; send the whole request again.",
    ),
    "address-too-long": (414, "The address with its query may have 16384 bytes."),
    "headers-too-large": (431, "All headers together may have 65536 bytes."),
    "too-large": (413, "The body is longer than `limit_bytes`."),
    "rate-limited": (
        429,
        "Too many requests. Wait the seconds in `Retry-After`. `RateLimit-Policy` tells the quota (`q`) "
        "and its window "
        "in seconds (`w`); `RateLimit` what is left (`r`) and after how many seconds there is more (`t`).",
    ),
    "events-forgotten": (
        410,
        "The feed no longer keeps the events that follow the number you gave; `oldest` is the first "
        "that is kept. Read "
        "the present state from the lists, then go on from there.",
    ),
    "service-unavailable": (
        503,
        "A part of the platform is not reachable just now. Nothing happened; repeat the request after "
        "`Retry-After`, "
        "a POST with its `Idempotency-Key`.",
    ),
    "service-timeout": (
        504,
        "A part of the platform took the request and did not answer in time. Whether it had an effect "
        "is not known: "
        "repeat a POST with the same `Idempotency-Key` and you get one effect and its answer.",
    ),
    "internal-error": (
        500,
        "A fault of the platform. Tell its operator the `request_id`: the cause is in the log under it.",
    ),
}
