-- The expected range of a value, robust against a few odd ones in its history: the median ± 4 standard deviations, as
-- the median absolute deviation estimates them (× 1.4826), and never narrower than what is no news (`least`).
create or replace temp macro expected_low(usual, spread, least) as usual - greatest(4 * 1.4826 * spread, least);
create or replace temp macro expected_high(usual, spread, least) as usual + greatest(4 * 1.4826 * spread, least);
create or replace temp macro in_words(day) as strftime(day, '%-d %B %Y');
create or replace temp macro counted(n) as format('{:,}', cast(round(n) as bigint));
create or replace temp macro signed(n) as case when round(n) < 0 then '-' else '+' end || counted(abs(n));
-- A value in 12 letters, the same with every engine and version.
create or replace temp macro hash_of(value) as left(md5(value), 12);
