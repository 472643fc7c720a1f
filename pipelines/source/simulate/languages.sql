-- First names and family names of a language.
with listed (language, women, men, families) as (
  values
    (
      'German',
      'Anna Lena Käthe Jördis Frieda Mareike Sophie Antje Heike Ulrike Zoë Birgit Greta Svenja',
      'Jonas Björn Lukas Götz Emil Jürgen Matthias Till Henning Uwe Sören Ralf Konrad Anton',
      'Müller Schröder Weiß Krüger Lindner Böhm Vogt Jäger Strauß Petersen Ackermann Roth Brandt Hübner Kühn Seidel'
    ),
    (
      'English',
      'Grace Chloe Amelia Ruby Hannah Siobhán Imogen Nora Beth Zara Maeve Tessa Harriet Joan',
      'Oliver Callum Isaac Declan Noah Rhys Theo Marcus Ewan Silas Dylan Amos Felix Hugh',
      'O''Brien Carter Whitlock Hale D''Souza Bennett Okafor Marsh O''Neill Pemberton Lowe Ashby Fletcher Quinn Royce Tate'
    ),
    (
      'French',
      'Chloé Inès Margaux Zoé Hélène Anaïs Camille Élodie Noémie Solène Juliette Agnès',
      'René Loïc Étienne Mathéo Hugo Gaël Benoît Rémi Aurélien Théo Lucas Noël',
      'Lefèvre Moreau D''Aubigné Béranger Rousseau Garnier Chevalier L''Hermite Perrot Gauthier Bénard Lacroix'
    ),
    (
      'Dutch',
      'Sanne Femke Lotte Anouk Maartje Renée Fleur Noor Eefje Tess',
      'Daan Joris Bram Thijs Sjoerd Koen Ruben Floris Gijs Jelle',
      'Visser Bakker Dijkstra Hendriks Smit Kuipers Mulder Vos Brouwer Postma'
    ),
    (
      'Polish',
      'Małgorzata Agnieszka Zofia Bożena Kasia Łucja Elżbieta Jadwiga Wiesława Ola',
      'Paweł Łukasz Michał Grzegorz Stanisław Wojciech Rafał Bartosz Mikołaj Jędrzej',
      'Kowalski Wiśniewski Wójcik Zieliński Szymański Dąbrowski Kozłowski Mazur Krawczyk Gołębiewski'
    ),
    (
      'Japanese',
      '陽菜 美咲 結衣 さくら 日向子 花子 葵 凛',
      '蓮 大翔 健太 翔太 日向 直樹 悠真 誠',
      '佐藤 鈴木 高橋 田中 春日 山本 中村 日野'
    )
)

select
  cast(row_number() over (order by language) - 1 as bigint) as place,
  language,
  string_split(women, ' ') as women,
  string_split(men, ' ') as men,
  string_split(families, ' ') as families
from listed
order by language
