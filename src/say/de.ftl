# Was eine Mitarbeiterin liest. $what ist der Titel einer Handlung, ein beliebiges Hauptwort; $verb ihr Name.

yes-amount = Du kannst { $amount } selbst gewähren ({ $what }).
yes-limit = Du kannst bis zu { $limit } selbst gewähren ({ $what }).
yes-unlimited = Das kannst du ohne Obergrenze selbst gewähren ({ $what }).
yes-plain = Das kannst du selbst entscheiden: { $what }.

owed-amount = Der Kunde hat Anspruch auf { $amount } ({ $what }); das kannst du gewähren.
owed-limit = Der Kunde hat Anspruch auf { $limit } ({ $what }); das kannst du gewähren.
owed-unlimited = Der Kunde hat ohne Obergrenze Anspruch ({ $what }); das kannst du gewähren.
owed-plain = Das steht dem Kunden zu: { $what }; das kannst du gewähren.

up-to-limit = Du kannst bis zu { $limit } selbst gewähren ({ $what }).
ask-amount = { $amount } kannst du nicht selbst gewähren ({ $what }).
ask-plain = Das kannst du nicht selbst entscheiden: { $what }.
no-amount = { $amount } kann hier niemand gewähren ({ $what }).
no-plain = Das kann hier niemand gewähren: { $what }.
no-reason = Das geht nicht ({ $what }): { $reason }
need-amount = Ob du { $amount } gewähren kannst, lässt sich noch nicht sagen ({ $what }).
need-plain = Das lässt sich noch nicht entscheiden: { $what }.

contacts-for = Für { $amount } frag: { $contacts }.
contacts = Frag: { $contacts }.
approvers-for = Für { $amount } brauchst du eine Zustimmung von: { $contacts }.
approvers = Dafür brauchst du eine Zustimmung von: { $contacts }.
no-more = Mehr kann hier niemand gewähren.
needed = Nötig: { $items }.
on-record-only = Noch vom System zu bestätigen: { $facts }.
on-record = noch vom System zu bestätigen: { $facts }
find-out = Kläre: { $questions }
more-possible = Vielleicht geht mehr; kläre: { $questions }
part-possible = Vielleicht geht ein Teil davon; kläre: { $questions }
instead = Stattdessen kannst du anbieten: { $offers }.

contact-within = { $role } (antwortet innerhalb von { $within })
contact-approved = { $contact }, zusammen mit { $approvers }
contact-colleague = jemand anderen in deiner Rolle, { $role }
offer-limit = { $what } bis { $limit }
offer-ask = { $offer } (frag: { $contacts })
offer-need = { $offer } (noch nicht entschieden)
by = { $what } (bis { $day })
and-more = { $list } und { $count } weitere

or = { $first } oder { $last }
and = { $first } und { $last }
yes = ja
no = nein
none = nichts
unlimited = unbegrenzt

unit-minute = { $n ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
unit-hour = { $n ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
unit-day = { $n ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
    .dative = { $n ->
    [one] { $count } Tag
   *[other] { $count } Tagen
}
unit-working-day = { $n ->
    [one] { $count } Arbeitstag
   *[other] { $count } Arbeitstage
}
    .dative = { $n ->
    [one] { $count } Arbeitstag
   *[other] { $count } Arbeitstagen
}
unit-week = { $n ->
    [one] { $count } Woche
   *[other] { $count } Wochen
}
unit-month = { $n ->
    [one] { $count } Monat
   *[other] { $count } Monate
}
    .dative = { $n ->
    [one] { $count } Monat
   *[other] { $count } Monaten
}
unit-year = { $n ->
    [one] { $count } Jahr
   *[other] { $count } Jahre
}
    .dative = { $n ->
    [one] { $count } Jahr
   *[other] { $count } Jahren
}
unit-second = { $n ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}

# Warum eine Regel gilt oder nicht.
explain-applies = gilt
explain-applies-quantity = gilt: { $quantity }
explain-fails = gilt nicht
explain-unknown = noch nicht zu entscheiden
explain-undefined = nicht zu berechnen
explain-condition = { $seen }; die Regel verlangt: { $condition }
explain-condition-only = die Regel verlangt: { $condition }
explain-missing = nicht bekannt: { $facts }; die Regel verlangt: { $condition }
explain-gap = ein Wert darin hat kein Ergebnis (eine Division durch null, ein Überlauf oder eine Lücke in einer Tabelle): { $condition }
explain-fact = { $fact } ist { $value }
explain-unknown-fact = { $fact } ist nicht bekannt
explain-absent-fact = { $fact } liegt nicht vor
explain-today = { $fact } { $from }, heute
explain-ago = { $fact } { $from }, vor { $days }
explain-ahead = { $fact } { $from }, in { $days }
explain-after = { $subject } { $to } ist { $days } nach { $fact } { $from }
explain-before = { $subject } { $to } ist { $days } vor { $fact } { $from }
explain-same = { $subject } { $to } ist zugleich mit { $fact }
explain-distance = { $measured }; die Regel verlangt { $asked }
asks-at-most = höchstens { $asked }
asks-more-than = mehr als { $asked }
asks-at-least = mindestens { $asked }
asks-less-than = weniger als { $asked }
asks-not-within = nicht innerhalb von { $asked }
asks-after = { $distance } danach
asks-before = { $distance } davor

# Die Form für das Terminal.
head-yes-amount = JA — du kannst { $amount } selbst gewähren ({ $what }).
head-yes-limit = JA — du kannst bis zu { $limit } selbst gewähren ({ $what }).
head-yes-unlimited = JA — das kannst du ohne Obergrenze selbst gewähren ({ $what }).
head-yes-plain = JA — das kannst du selbst entscheiden: { $what }.
head-owed-amount = GESCHULDET — der Kunde hat Anspruch auf { $amount } ({ $what }).
head-owed-limit = GESCHULDET — der Kunde hat Anspruch auf { $limit } ({ $what }).
head-owed-unlimited = GESCHULDET — der Anspruch des Kunden ist nicht begrenzt ({ $what }).
head-owed-plain = GESCHULDET — das steht dem Kunden zu: { $what }.
head-up-to-limit = BIS { $limit } — so viel kannst du selbst gewähren, nicht { $amount } ({ $what }).
head-ask-amount = FRAGEN — { $amount } kannst du nicht selbst gewähren ({ $what }).
head-ask-plain = FRAGEN — das kannst du nicht selbst entscheiden: { $what }.
head-no-amount = NEIN — { $amount } kann hier niemand gewähren ({ $what }).
head-no-plain = NEIN — das kann hier niemand gewähren: { $what }.
head-need-amount = KLÄREN — ob du { $amount } gewähren kannst, lässt sich noch nicht sagen ({ $what }).
head-need-plain = KLÄREN — das lässt sich noch nicht entscheiden: { $what }.

label-because = weil
label-entitled = geschuldet
label-needed = nötig
label-charges = kostet
label-ask = frag
label-offer = anbieten
label-advice = Rat
label-need = kläre
label-provisional = noch nicht belegt
label-also-owed = auch geschuldet
label-otherwise = sonst
label-rules = Regeln
charge = { $budget }: { $amount }, danach noch { $left } von { $of }
charge-unlimited = { $budget }: { $amount }, nur vermerkt
charge-once = { $budget }: einmal, danach noch { $left } von { $of }
resets = { $charge }, neu ab { $day }
ask-decide = entscheidet
ask-approve = stimmt zu
option-yes = JA — selbst
option-yes-limit = JA — bis zu { $list }
option-yes-unlimited = JA — ohne Obergrenze
option-owed = GESCHULDET — steht dem Kunden zu
option-owed-limit = GESCHULDET — { $list }
option-owed-unlimited = GESCHULDET — ohne Obergrenze
option-ask = FRAGEN — { $list }
option-no = NEIN — niemand
option-no-reason = NEIN — { $list }
option-need = KLÄREN — kläre: { $list }

# Was gebucht ist, und Fälle.
thing = { $amount } ({ $what })
head-granted = GEWÄHRT — { $thing }, gebucht für { $who }.
head-reversed = ZURÜCKGENOMMEN — { $thing }, gewährt von { $who }.
head-case-open = OFFEN — { $thing } liegt bei { $who }, bis { $due }.
head-case-approved = GENEHMIGT — { $thing }, von { $who }.
head-case-declined = ABGELEHNT — { $thing }, von { $who }.
label-grant = Buchung
label-case = Fall
label-confirmed = bestätigt
label-approved-by = zugestimmt
label-note = Notiz
label-next = weiter
label-why = weil
label-given-back = zurück
label-brought-by = gebracht von
label-opened-by = eröffnet von
label-kind = zu tun
label-known = bekannt
label-on-record = belegt
label-handed-over = weitergegeben
label-offered = angeboten
label-became = geworden zu
label-history = Verlauf
given-back = { $budget }: { $amount }
person = { $name } ({ $role })
person-team = { $name } ({ $role }, { $team })
case-decide = { $who } entscheidet
case-approve = { $who } stimmt zu
case-approve-then = { $who } stimmt zu, dann { $others }
times-over = { $n ->
    [one] einmal
   *[other] { $count }-mal
}
late = { $time } zu spät
event-case_opened = { $who } bringt es zu { $owner }
event-case_added = { $who } ergänzt
event-case_handed_over = { $who } gibt es weiter an { $owner }
event-case_stood_in = { $who } ist weg; { $owner } springt ein
event-case_proposed = { $who } würde es gewähren; { $owner } soll zustimmen
event-case_signed = { $who } stimmt zu; { $owner } ist als Nächstes dran
event-case_approved = { $who } stimmt zu, und es ist gebucht
event-case_declined = { $who } lehnt ab
no-cases = keine Fälle
brought-by = gebracht von { $who }
head-month = { $who } — { $month }
spent-of = { $spent } von { $of } ausgegeben, noch { $left }
spent-unlimited = { $spent } ausgegeben, nur vermerkt
spent-only = { $spent } ausgegeben
budget-resets = { $line }, neu ab { $day }
budget-unknown = hängt vom Fall oder vom Team ab
granted-this-month = In diesem Monat gewährt
nothing-granted = In diesem Monat ist nichts gewährt.
taken-back = zurückgenommen: { $reason }
no-budgets = Für diese Person allein wird kein Budget geführt.
month-1 = Januar { $year }
month-2 = Februar { $year }
month-3 = März { $year }
month-4 = April { $year }
month-5 = Mai { $year }
month-6 = Juni { $year }
month-7 = Juli { $year }
month-8 = August { $year }
month-9 = September { $year }
month-10 = Oktober { $year }
month-11 = November { $year }
month-12 = Dezember { $year }
next-part = So viel gewähren:
next-case = Weitergeben an { $role }:
state-approved = genehmigt
state-declined = abgelehnt
