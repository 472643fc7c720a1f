-- A roll of the dice of the day for a key, and how many of `number` things, at so many in a thousand, are chosen.
create macro luck(purpose, key) as
  draw(concat_ws('/', purpose, getvariable('day')), key);

create macro share_of(purpose, number, per_thousand) as
  (number * per_thousand + luck(purpose, 'share') % 1000) // 1000;

-- A number written as `model` is: with cents, or whole.
create macro written(value, model) as
  case
    when contains(model, '.') then cast(cast(value as decimal(18, 2)) as varchar)
    else cast(cast(round(value) as bigint) as varchar)
  end;

-- Digits with zeros before them, `width` wide or wider.
create macro padded(digits, width) as
  lpad(digits, cast(greatest(width, len(digits)) as integer), '0');
