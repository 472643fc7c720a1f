-- Every roll of the dice is a hash of the seed, what it is for and a number: same seed, same shop.
create macro draw(purpose, number) as
  cast(md5_number(concat_ws('/', getvariable('seed'), purpose, number)) >> 65 as bigint);

create macro pick(purpose, number, sides) as
  draw(purpose, number) % sides;

-- Sales lines only stream through: joins stay as they are written, the small side right, and keep the order of lines.
set disabled_optimizers = 'join_order,build_side_probe_side';
set enable_caching_operators = false;
