# What an agent reads. $what is the title of an action, any noun phrase; $verb is its name.

yes-amount = You may grant { $amount } on your own ({ $what }).
yes-limit = You may grant up to { $limit } on your own ({ $what }).
yes-unlimited = You may grant this on your own, without limit ({ $what }).
yes-plain = You may grant this on your own: { $what }.

owed-amount = The customer is entitled to { $amount } ({ $what }); you may grant it.
owed-limit = The customer is entitled to { $limit } ({ $what }); you may grant it.
owed-unlimited = The customer is entitled to this without limit ({ $what }); you may grant it.
owed-plain = The customer is entitled to this: { $what }; you may grant it.

up-to-limit = You may grant up to { $limit } on your own ({ $what }).
ask-amount = { $amount } is not yours to grant ({ $what }).
ask-plain = This is not yours to grant: { $what }.
no-amount = Nobody may grant { $amount } ({ $what }).
no-plain = Nobody may grant this: { $what }.
no-reason = This is not possible ({ $what }): { $reason }
need-amount = Whether you may grant { $amount } cannot be decided yet ({ $what }).
need-plain = This cannot be decided yet: { $what }.

contacts-for = For { $amount } ask: { $contacts }.
contacts = Ask: { $contacts }.
approvers-for = { $amount } takes approval; propose it to: { $contacts }.
approvers = It takes approval; propose it to: { $contacts }.
no-more = Nobody can grant more here.
needed = Needed: { $items }.
on-record-only = Still to be confirmed by a system of record: { $facts }.
on-record = still to be confirmed by a system of record: { $facts }
find-out = Find out: { $questions }
more-possible = More may be possible; find out: { $questions }
part-possible = Part of it may be possible; find out: { $questions }
instead = Instead you may offer: { $offers }.

contact-within = { $role } (answers within { $within })
contact-approved = { $contact }, together with { $approvers }
contact-colleague = somebody else in your role, { $role }
offer-limit = { $what } up to { $limit }
offer-ask = { $offer } (ask: { $contacts })
offer-need = { $offer } (not decided yet)
by = { $what } (by { $day })
and-more = { $list } and { $count } more

or = { $first } or { $last }
and = { $first } and { $last }
yes = yes
no = no
none = none
unlimited = unlimited

unit-minute = { $n ->
    [one] { $count } minute
   *[other] { $count } minutes
}
unit-hour = { $n ->
    [one] { $count } hour
   *[other] { $count } hours
}
unit-day = { $n ->
    [one] { $count } day
   *[other] { $count } days
}
unit-working-day = { $n ->
    [one] { $count } working day
   *[other] { $count } working days
}
unit-week = { $n ->
    [one] { $count } week
   *[other] { $count } weeks
}
unit-month = { $n ->
    [one] { $count } month
   *[other] { $count } months
}
unit-year = { $n ->
    [one] { $count } year
   *[other] { $count } years
}
unit-second = { $n ->
    [one] { $count } second
   *[other] { $count } seconds
}

# Why a rule did or did not apply.
explain-applies = applies
explain-applies-quantity = applies: { $quantity }
explain-fails = does not apply
explain-unknown = cannot be decided yet
explain-undefined = cannot be computed
explain-condition = { $seen }; the rule asks for: { $condition }
explain-condition-only = the rule asks for: { $condition }
explain-missing = not known: { $facts }; the rule asks for: { $condition }
explain-gap = a value in it has no result (a division by zero, an overflow, or a gap in a table): { $condition }
explain-fact = { $fact } is { $value }
explain-unknown-fact = { $fact } is not known
explain-absent-fact = { $fact } is absent
explain-today = { $fact } { $from }, today
explain-ago = { $fact } { $from }, { $days } ago
explain-ahead = { $fact } { $from }, in { $days }
explain-after = { $subject } { $to } is { $days } after { $fact } { $from }
explain-before = { $subject } { $to } is { $days } before { $fact } { $from }
explain-same = { $subject } { $to } is when { $fact } is
explain-distance = { $measured }; the rule asks for { $asked }
asks-at-most = at most { $asked }
asks-more-than = more than { $asked }
asks-at-least = at least { $asked }
asks-less-than = less than { $asked }
asks-not-within = not within { $asked }
asks-after = { $distance } after it
asks-before = { $distance } before it

# The form for a terminal.
head-yes-amount = YES — you may { $verb } { $amount } on your own.
head-yes-limit = YES — you may { $verb } up to { $limit } on your own.
head-yes-unlimited = YES — you may { $verb } on your own, without limit.
head-yes-plain = YES — you may { $verb } on your own.
head-owed-amount = OWED — the customer is entitled to { $amount } ({ $what }).
head-owed-limit = OWED — the customer is entitled to { $limit } ({ $what }).
head-owed-unlimited = OWED — the customer is entitled to this without limit ({ $what }).
head-owed-plain = OWED — the customer is entitled to this: { $what }.
head-up-to-limit = UP TO { $limit } — you may { $verb } that much on your own, not { $amount }.
head-ask-amount = ASK — you may not { $verb } { $amount } on your own.
head-ask-plain = ASK — you may not { $verb } on your own.
head-no-amount = NO — nobody may { $verb } { $amount }.
head-no-plain = NO — nobody may { $verb }.
head-need-amount = NEED — whether you may { $verb } { $amount } cannot be decided yet.
head-need-plain = NEED — whether you may { $verb } cannot be decided yet.

label-because = because
label-entitled = owed
label-needed = needed
label-charges = charges
label-ask = ask
label-offer = offer
label-advice = advice
label-need = find out
label-provisional = not yet on record
label-also-owed = also owed
label-otherwise = otherwise
label-rules = rules
charge = { $budget }: { $amount }, { $left } of { $of } left
charge-unlimited = { $budget }: { $amount }, recorded only
charge-once = { $budget }: once, { $left } of { $of } left
resets = { $charge }, starts anew on { $day }
ask-decide = decides
ask-approve = approves
option-yes = YES — on your own
option-yes-limit = YES — up to { $list }
option-yes-unlimited = YES — without limit
option-owed = OWED — to the customer
option-owed-limit = OWED — { $list }
option-owed-unlimited = OWED — without limit
option-ask = ASK — { $list }
option-no = NO — nobody
option-no-reason = NO — { $list }
option-need = NEED — find out: { $list }

# What was booked, and cases.
thing = { $amount } ({ $what })
head-granted = GRANTED — { $thing }, booked for { $who }.
head-reversed = TAKEN BACK — { $thing }, granted by { $who }.
head-case-open = OPEN — { $thing } is on the desk of { $who }, due { $due }.
head-case-approved = APPROVED — { $thing }, by { $who }.
head-case-declined = DECLINED — { $thing }, by { $who }.
label-grant = grant
label-case = case
label-confirmed = confirmed
label-approved-by = approved by
label-note = note
label-next = next
label-why = why
label-given-back = given back
label-brought-by = brought by
label-opened-by = opened by
label-kind = to do
label-known = known
label-on-record = on record
label-handed-over = handed over
label-offered = offered
label-became = became
label-history = history
given-back = { $budget }: { $amount }
person = { $name } ({ $role })
person-team = { $name } ({ $role }, { $team })
case-decide = { $who } decides
case-approve = { $who } approves
case-approve-then = { $who } approves, then { $others }
times-over = { $n ->
    [one] once
   *[other] { $count } times
}
late = { $time } late
event-case_opened = { $who } brings it to { $owner }
event-case_added = { $who } adds to it
event-case_handed_over = { $who } hands it over to { $owner }
event-case_stood_in = { $who } is away; { $owner } stands in
event-case_proposed = { $who } would grant it; { $owner } is to approve
event-case_signed = { $who } approves; { $owner } is next
event-case_approved = { $who } approves, and it is booked
event-case_declined = { $who } declines
no-cases = no cases
brought-by = brought by { $who }
head-month = { $who } — { $month }
spent-of = { $spent } of { $of } spent, { $left } left
spent-unlimited = { $spent } spent, recorded only
spent-only = { $spent } spent
budget-resets = { $line }, anew on { $day }
budget-unknown = depends on the case or the team
granted-this-month = Granted this month
nothing-granted = Nothing granted this month.
taken-back = taken back: { $reason }
no-budgets = No budget is kept for this person alone.
month-1 = January { $year }
month-2 = February { $year }
month-3 = March { $year }
month-4 = April { $year }
month-5 = May { $year }
month-6 = June { $year }
month-7 = July { $year }
month-8 = August { $year }
month-9 = September { $year }
month-10 = October { $year }
month-11 = November { $year }
month-12 = December { $year }
next-part = To grant that much:
next-case = To bring it to { $role }:
state-approved = approved
state-declined = declined
